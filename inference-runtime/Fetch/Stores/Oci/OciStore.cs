using System.Runtime.InteropServices;
using ModelOperator.Addressing;
using ModelOperator.Fetch.Archives;

namespace ModelOperator.Fetch.Stores.Oci;

/// <summary>
/// An artifact or image of a registry. Everything below the reference is named by its digest, so one signature covers it.
/// </summary>
internal sealed class OciStore : IModelStore
{
    private const int MaxLayers = 1000;
    private static readonly string[] ArchiveEndings = [".tar", ".tar.gz", ".tgz", ".zip"];
    private readonly OciAddress _address;
    private readonly StoreContext _context;
    private readonly Registry _registry;

    public OciStore(OciAddress address, StoreContext context)
    {
        (_address, _context) = (address, context);
        _registry = new Registry(address, context);
    }

    public async Task<ModelContent> ResolveAsync(CancellationToken cancellationToken)
    {
        (OciManifest manifest, string digest) = await _registry.ManifestAsync(_address.Reference, cancellationToken);
        if (_context.Options.SignatureKey is { } key)
        {
            await new CosignSignature(_registry, _context).VerifyAsync(key, digest, cancellationToken);
        }

        if (manifest.Manifests is { Count: > 0 } manifests)
        {
            OciDescriptor chosen = ForThisMachine(manifests);
            (manifest, _) = await _registry.ManifestAsync("sha256:" + chosen.Hex, cancellationToken);
        }

        List<OciDescriptor> layers = (manifest.Layers ?? []).FindAll(layer => layer.Title is null || !DesktopFiles.Contains(layer.Title));
        if (layers.Count > MaxLayers || layers.Sum(layer => (double)layer.Size) > _context.Options.MaxBytes)
        {
            throw new TerminatingException(
                FailureReasons.ModelDownloadFailed,
                $"{_address.Name} has more than {MaxLayers} layers, or more than {_context.Options.MaxBytes} bytes, the limit");
        }

        ModelContent content = new([.. Choose(layers)]) { IsVerified = true };
        FetchLog.ArtifactResolved(_context.Logger, _address.Name, digest, content.Files.Count);
        return content;
    }

    /// <summary>Files that were pushed by name with an ONNX file among them, else archives, else the one layer there is.</summary>
    private IEnumerable<ContentFile> Choose(List<OciDescriptor> layers)
    {
        if (layers.Exists(IsOnnx))
        {
            return layers.Where(layer => layer.Title is not null)
                .Select(layer => new ContentFile(SafePath.Of(layer.Title!), _registry.Blob(layer)) { IsArchive = IsArchive(layer) });
        }

        List<OciDescriptor> archives = layers.FindAll(IsArchive);
        return archives.Count > 0
            ? archives.Select((layer, index) => new ContentFile($"layer-{index}", _registry.Blob(layer)) { IsArchive = true })
            : layers is [var only] ? [new ContentFile(null, _registry.Blob(only))]
            : throw new TerminatingException(
                FailureReasons.ModelNotFound,
                $"{_address.Name} holds no model: of its {layers.Count} layers none is titled *.onnx or is an archive; "
                + $"their media types are {Types(layers)}");
    }

    private static bool IsOnnx(OciDescriptor layer) => layer.Title?.EndsWith(".onnx", StringComparison.OrdinalIgnoreCase) == true;

    private static bool IsArchive(OciDescriptor layer) =>
        layer.MediaType?.Contains("tar", StringComparison.OrdinalIgnoreCase) == true
        || layer.MediaType?.Contains("zip", StringComparison.OrdinalIgnoreCase) == true
        || ArchiveEndings.Any(end => layer.Title?.EndsWith(end, StringComparison.OrdinalIgnoreCase) == true);

    /// <summary>
    /// The manifest for this machine's platform, else the first that is for none. Attestations are for the platform "unknown".
    /// </summary>
    private OciDescriptor ForThisMachine(List<OciDescriptor> manifests)
    {
        string architecture = RuntimeInformation.ProcessArchitecture == Architecture.Arm64 ? "arm64" : "amd64";
        return manifests.Find(
            manifest => manifest.Platform is { OperatingSystem: "linux" } platform && platform.Architecture == architecture)
            ?? manifests.Find(manifest => manifest.Platform?.OperatingSystem is null)
            ?? throw new TerminatingException(FailureReasons.ModelNotFound, $"{_address.Name} holds nothing for linux/{architecture}");
    }

    private static string Types(List<OciDescriptor> layers) =>
        string.Join(
            ", ", layers.Select(layer => layer.MediaType is { Length: <= 100 } type ? type : "?").Distinct(StringComparer.Ordinal).Take(5));
}
