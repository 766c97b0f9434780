using System.Text.Json;
using System.Text.Json.Nodes;
using ModelOperator.Api;
using ModelOperator.Api.Validation;
using ModelOperator.Kubernetes.Entities;

namespace ModelOperator.Controller.Intents;

/// <summary>
/// The ControllerRevision of a revision: what its pods follow from. The spec asks for another revision in the middle of a rollout, and the
/// Deployment is anybody's to edit or delete.
/// </summary>
internal static class RevisionRecord
{
    /// <summary>The record, named as the revision's Deployment is.</summary>
    /// <param name="model">The ModelDeployment, whose spec asks for the revision.</param>
    /// <param name="revision">The revision.</param>
    /// <param name="image">The image its pods run, which the spec need not name.</param>
    public static JsonObject Build(ModelDeployment model, string revision, string image)
    {
        JsonNode spec = JsonSerializer.SerializeToNode(
            new ModelDeploymentSpec
            {
                Model = model.Spec.Model,
                Runtime = model.Spec.Runtime ?? new RuntimeSpec(),
                Feedback = model.Spec.Feedback,
            },
            ApiJsonContext.Default.ModelDeploymentSpec)!;
        spec["runtime"]!["image"] = image;
        return new JsonObject
        {
            ["apiVersion"] = "apps/v1",
            ["kind"] = "ControllerRevision",
            ["metadata"] = RevisionDeployment.Metadata(model, revision),
            ["data"] = new JsonObject { ["spec"] = spec },
            ["revision"] = model.Metadata.Generation ?? 0,
        };
    }

    /// <summary>
    /// What a record says, with the defaults filled in; null when it is not what the revision was made from: the revision's name is a hash
    /// of that, and what no admission would let through is not acted on.
    /// </summary>
    public static EffectiveSpec? Read(ModelDeployment model, string revision, ControllerRevision record, PodTemplatePolicy podTemplates)
    {
        if (!Owners.Owns(model, record) || SpecOf(record) is not { } spec || spec.Runtime?.Image is not { } image)
        {
            return null;
        }

        var restored = new ModelDeployment { Metadata = model.Metadata, Spec = spec };
        return ModelDeploymentValidator.Validate(restored).Count == 0 && podTemplates.Check(restored).Count == 0
            && Defaults.Resolve(spec, image) is var effective && RevisionHash.Of(effective) == revision
                ? effective
                : null;
    }

    private static ModelDeploymentSpec? SpecOf(ControllerRevision record)
    {
        try
        {
            return record.Data?["spec"].Deserialize(ApiJsonContext.Default.ModelDeploymentSpec);
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
