using ModelOperator.Api;
using ModelOperator.Controller.Intents;
using ModelOperator.Kubernetes.Entities;

namespace ModelOperator.Controller.Tests;

/// <summary>Deployments of the model digits.</summary>
internal static class Deployments
{
    /// <summary>One of a revision, without labels and owners.</summary>
    public static Deployment Of(string revision, int replicas) => new()
    {
        Metadata = new ObjectMeta
        {
            Name = RevisionDeployment.NameOf("digits", revision),
            Namespace = "vision",
            Uid = "uid-deployment-" + revision,
        },
        Spec = new DeploymentSpec
        {
            Replicas = replicas,
            Selector = new LabelSelector
            {
                MatchLabels = new()
                {
                    [Labels.ManagedBy] = Labels.Operator,
                    [Labels.Component] = Labels.InferenceComponent,
                    [Labels.Model] = "digits",
                    [Labels.Revision] = revision,
                },
            },
        },
    };
}
