using System.Text.Json.Nodes;
using ModelOperator.Api;
using ModelOperator.Evidence;

namespace ModelOperator.Controller.Intents;

/// <summary>
/// The ConfigMap of a namespace with the digest of every revision's model. Pods that come after the first read it when they start, so that
/// it needs no change of their Deployment, which would restart those that serve.
/// </summary>
internal static class ModelDigests
{
    /// <summary>The same in every namespace, so that the operator needs rights to no other ConfigMap.</summary>
    public const string Name = "model-digests";

    /// <summary>Name of the volume in a pod.</summary>
    public const string Volume = "model-pin";

    /// <summary>The key of a revision. The name of a model has no dot.</summary>
    public static string Key(string model, string revision) => $"{model}.{revision}";

    /// <summary>The model that a key is of.</summary>
    public static string ModelOf(string key) => key.Split('.')[0];

    /// <summary>One model's part of the ConfigMap; every model's is applied under a name of its own.</summary>
    public static JsonObject Build(ModelDeployment model)
    {
        var data = new JsonObject();
        foreach (RevisionStatus revision in (model.Status?.Revisions ?? []).Where(revision => revision.ModelDigest is not null))
        {
            data[Key(model.Metadata.Name, revision.Revision)] = revision.ModelDigest;
        }

        JsonObject intent = new()
        {
            ["metadata"] = new JsonObject
            {
                ["name"] = Name,
                ["namespace"] = model.Metadata.Namespace,
                ["labels"] = new JsonObject { [Labels.ManagedBy] = Labels.Operator },
                ["ownerReferences"] = Owners.Shared([model]),
            },
        };
        if (data.Count > 0)
        {
            intent["data"] = data;
        }

        return intent;
    }

    /// <summary>What a pod mounts: nothing until the digest is known.</summary>
    public static JsonObject VolumeOf(string model, string revision) => new()
    {
        ["name"] = Volume,
        ["configMap"] = new JsonObject
        {
            ["name"] = Name,
            ["optional"] = true,
            ["items"] = new JsonArray(new JsonObject { ["key"] = Key(model, revision), ["path"] = ModelPin.FileName }),
        },
    };
}
