using System.Text.Json.Nodes;
using ModelOperator.Addressing;
using ModelOperator.Api;
using ModelOperator.Evidence;

namespace ModelOperator.Controller.Intents;

/// <summary>
/// What a container that fetches something is given besides its address: arguments, and the volumes they name. For models and for data
/// sets.
/// </summary>
internal sealed class FetchVolumes
{
    /// <summary>Where a Secret with credentials for a store is mounted.</summary>
    public const string CredentialsDirectory = "/var/run/modeloperator/credentials";

    private const string SignatureDirectory = "/var/run/modeloperator/signature";
    private const string PublicKeyFile = "public-key.pem";
    private const string ClaimDirectory = "/var/run/modeloperator/claim";
    private const string CacheDirectory = "/var/cache/modeloperator";
    private const int OwnerAndGroupRead = 288; // 0440

    private readonly List<string> _arguments = [];
    private readonly List<(JsonObject Volume, JsonObject Mount)> _volumes = [];

    private FetchVolumes(string uri, LocalSecretReference? credentials, bool? workloadIdentity, string? allowedNetworks)
    {
        if (credentials is not null)
        {
            _arguments.AddRange(["--credentials", CredentialsDirectory]);
            Add("credentials", Secret(credentials.Name), CredentialsDirectory, readOnly: true);
        }

        if (workloadIdentity == true)
        {
            _arguments.Add("--workload-identity");
        }

        if (ModelAddress.TryParse(uri, out ModelAddress address, out _) && address is VolumeAddress volume)
        {
            _arguments.AddRange(["--volume", ClaimDirectory]);
            Add("claim", Claim(volume.Claim, readOnly: true), ClaimDirectory, readOnly: true);
        }

        // Always: a flag wins over the environment, which a pod template may set.
        _arguments.AddRange(["--allowed-networks", allowedNetworks ?? AllowedNetworks.PublicWord]);
    }

    public IReadOnlyList<string> Arguments => _arguments;

    public IEnumerable<JsonNode> Volumes => _volumes.Select(volume => (JsonNode)volume.Volume);

    public IEnumerable<JsonNode> Mounts => _volumes.Select(volume => (JsonNode)volume.Mount);

    /// <param name="model">Name of the ModelDeployment.</param>
    /// <param name="revision">The revision.</param>
    /// <param name="source">Its model.</param>
    /// <param name="allowedNetworks">What the installation allows models to come from; null for public addresses alone.</param>
    public static FetchVolumes OfModel(string model, string revision, ModelSource source, string? allowedNetworks)
    {
        FetchVolumes given = new(source.Uri, source.CredentialsSecretRef, source.WorkloadIdentity, allowedNetworks);
        if (source.Signature?.PublicKeySecretRef is { } key)
        {
            given._arguments.AddRange(["--public-key", $"{SignatureDirectory}/{PublicKeyFile}"]);
            JsonObject secret = Secret(key.Name);
            secret["secret"]!["items"] = new JsonArray(new JsonObject { ["key"] = Defaults.KeyOf(key), ["path"] = PublicKeyFile });
            given.Add("signature", secret, SignatureDirectory, readOnly: true);
        }

        if (source.Cache is { } cache)
        {
            given._arguments.AddRange(["--cache", CacheDirectory]);
            given.Add("model-cache", Claim(cache.ClaimName, readOnly: false), CacheDirectory, readOnly: false);
        }

        if (!ModelIdentity.IsFixed(source))
        {
            // Without an argument: the image of an earlier release must not be given one that it does not know.
            given.Add(ModelDigests.Volume, ModelDigests.VolumeOf(model, revision), ModelPin.Directory, readOnly: true);
        }

        return given;
    }

    /// <param name="dataset">The data set; one that is at no address needs nothing fetched.</param>
    /// <param name="allowedNetworks">What the installation allows data sets to come from; null for public addresses alone.</param>
    public static FetchVolumes OfDataset(EvaluationDataset dataset, string? allowedNetworks) =>
        new(dataset.Uri ?? "", dataset.CredentialsSecretRef, dataset.WorkloadIdentity, allowedNetworks);

    private void Add(string name, JsonObject volume, string path, bool readOnly)
    {
        volume["name"] = name;
        var mount = new JsonObject { ["name"] = name, ["mountPath"] = path };
        if (readOnly)
        {
            mount["readOnly"] = true;
        }

        _volumes.Add((volume, mount));
    }

    private static JsonObject Secret(string name) => new()
    {
        ["name"] = null,
        ["secret"] = new JsonObject { ["secretName"] = name, ["defaultMode"] = OwnerAndGroupRead },
    };

    private static JsonObject Claim(string name, bool readOnly)
    {
        var claim = new JsonObject { ["claimName"] = name };
        if (readOnly)
        {
            claim["readOnly"] = true;
        }

        return new JsonObject { ["name"] = null, ["persistentVolumeClaim"] = claim };
    }
}
