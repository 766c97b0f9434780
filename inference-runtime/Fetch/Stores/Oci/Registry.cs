using System.Net;
using System.Security.Cryptography;
using System.Text.Json;
using ModelOperator.Addressing;
using ModelOperator.Fetch.Http;

namespace ModelOperator.Fetch.Stores.Oci;

/// <summary>One repository of a registry, by the distribution specification.</summary>
internal sealed class Registry
{
    private const int MaxManifestBytes = 4 * 1024 * 1024;
    private const string ManifestTypes =
        "application/vnd.oci.image.manifest.v1+json, application/vnd.oci.image.index.v1+json, "
        + "application/vnd.docker.distribution.manifest.v2+json, application/vnd.docker.distribution.manifest.list.v2+json";

    private readonly OciAddress _address;
    private readonly StoreContext _context;
    private readonly string _root;
    private readonly RegistryAuthorization _authorization;

    public Registry(OciAddress address, StoreContext context)
    {
        (_address, _context) = (address, context);
        bool isDocker = address.Registry is "docker.io" or "index.docker.io";
        string host = isDocker ? "registry-1.docker.io" : address.Registry;
        string repository = isDocker && !address.Repository.Contains('/', StringComparison.Ordinal)
            ? $"library/{address.Repository}"
            : address.Repository;
        _root = $"{(address.PlainHttp ? "http" : "https")}://{host}/v2/{repository}";
        RegistryCredentials? credentials = context.Options.Credentials is { } secret
            ? RegistryCredentials.Read(secret, address.Registry)
            : null;
        if (credentials is { NamesRegistry: false })
        {
            context.RequireSecretFor(new Uri($"{(address.PlainHttp ? "http" : "https")}://{address.Registry}"));
        }

        _authorization = new RegistryAuthorization(credentials, repository, address.PlainHttp, context);
    }

    /// <summary>A blob as a file.</summary>
    public RemoteFile Blob(OciDescriptor descriptor) =>
        new($"{_address.Name} layer sha256:{descriptor.Hex[..12]}", new Uri($"{_root}/blobs/sha256:{descriptor.Hex}"), _authorization)
        {
            Sha256 = descriptor.Hex,
        };

    /// <summary>A manifest and its digest.</summary>
    public async Task<(OciManifest Manifest, string Digest)> ManifestAsync(string reference, CancellationToken cancellationToken) =>
        await TryManifestAsync(reference, cancellationToken)
        ?? throw new TerminatingException(FailureReasons.ModelNotFound, $"{_address.Name} answers 404: there is no manifest {reference}");

    /// <summary>A manifest and its digest; null when there is none.</summary>
    public async Task<(OciManifest Manifest, string Digest)?> TryManifestAsync(string reference, CancellationToken cancellationToken)
    {
        RemoteFile file = new(_address.Name, new Uri($"{_root}/manifests/{reference}"), _authorization) { Accept = ManifestTypes };
        if ((Kept(reference) ?? await ReadAsync(file, cancellationToken)) is not { } body)
        {
            return null;
        }

        string digest = DigestOf(body);
        if (reference.StartsWith("sha256:", StringComparison.Ordinal) && reference != digest)
        {
            throw new TerminatingException(
                FailureReasons.DigestMismatch,
                $"{_address.Name}: the digest of the manifest that arrived is {digest}, expected {reference}");
        }

        _context.Kept?.Write(NameOf(digest), body);
        return (Parse(body, reference), digest);
    }

    /// <summary>The manifest that a tag had when it was kept; null when it was not.</summary>
    public OciManifest? KeptManifest(string tag) => _context.Kept?.TryRead(tag) is { } body ? Parse(body, tag) : null;

    /// <summary>Keeps the manifest that a tag has. It is void once its digest is kept no more.</summary>
    public void Keep(string tag, string digest)
    {
        if (_context.Kept?.TryRead(NameOf(digest)) is { } body)
        {
            _context.Kept.Write(tag, body);
        }
    }

    private OciManifest Parse(byte[] body, string reference)
    {
        try
        {
            return JsonSerializer.Deserialize(body, OciJson.Default.OciManifest) ?? throw NoManifest(reference, null);
        }
        catch (JsonException e)
        {
            throw NoManifest(reference, e);
        }
    }

    /// <summary>A small blob, checked against its digest.</summary>
    public async Task<byte[]> BlobAsync(OciDescriptor descriptor, CancellationToken cancellationToken)
    {
        byte[] body = Kept("sha256:" + descriptor.Hex) ?? await ReadAsync(Blob(descriptor), cancellationToken)
            ?? throw new TerminatingException(FailureReasons.ModelNotFound, $"{_address.Name} lacks its blob {descriptor.Digest}");
        string actual = Convert.ToHexStringLower(SHA256.HashData(body));
        if (actual != descriptor.Hex)
        {
            throw new TerminatingException(
                FailureReasons.DigestMismatch,
                $"{_address.Name}: the digest of a blob that arrived is {actual}, expected {descriptor.Hex}");
        }

        _context.Kept?.Write(NameOf("sha256:" + descriptor.Hex), body);
        return body;
    }

    private static string DigestOf(byte[] body) => "sha256:" + Convert.ToHexStringLower(SHA256.HashData(body));

    private static string NameOf(string digest) => digest.Replace(':', '-');

    /// <summary>What was kept under a digest, if it still has it.</summary>
    private byte[]? Kept(string reference) =>
        reference.StartsWith("sha256:", StringComparison.Ordinal)
            && _context.Kept?.TryRead(NameOf(reference)) is { } body
            && DigestOf(body) == reference
            ? body
            : null;

    private Task<byte[]?> ReadAsync(RemoteFile file, CancellationToken cancellationToken) => _context.Tries.RunAsync(
        file.Name,
        async stall =>
        {
            using HttpResponseMessage response = await _context.Client.SendAsync(file, null, stall.Token);
            if (response.StatusCode == HttpStatusCode.NotFound)
            {
                return null;
            }

            if (response.StatusCode != HttpStatusCode.OK)
            {
                throw await _context.Client.FailureAsync(file, response, stall.Token);
            }

            byte[] body = await BoundedBody.ReadAsync(response, MaxManifestBytes + 1, stall.Token);
            return body.Length <= MaxManifestBytes ? body
                : throw new TerminatingException(
                    FailureReasons.ModelInvalid,
                    $"{file.Name} answers with a manifest of more than {MaxManifestBytes} bytes");
        },
        cancellationToken);

    private TerminatingException NoManifest(string reference, Exception? inner) =>
        new(FailureReasons.ModelInvalid, $"{_address.Name}: the manifest {reference} is none that can be read", inner!);
}
