using System.Text.RegularExpressions;

namespace ModelOperator.Addressing;

/// <summary>Reads addresses of models.</summary>
internal static partial class ModelAddressParser
{
    private const string UserInfo =
        "contains a user name or password, which everyone who can read the object would see; "
        + "put it into a Secret and name the Secret in credentialsSecretRef";

    private const string Query =
        "has a ?query, which everyone who can read the object would see, such as the signature of a pre-signed URL; "
        + "remove it and name a Secret in credentialsSecretRef (an s3, gs or azblob address signs by itself), "
        + "or write a ? in a name as %3F";

    private const string Fragment = "has a #fragment; remove it, or write a # in a name as %23";

    public static (ModelAddress? Address, string Problem) Parse(string text)
    {
        if (text.Length > ModelAddress.MaxLength)
        {
            return (null, $"is longer than {ModelAddress.MaxLength} characters");
        }

        if (text.Any(c => char.IsWhiteSpace(c) || char.IsControl(c)) || !IsWellFormed(text))
        {
            return (
                null, "contains a space, a control character or a % that starts no code; write such characters as codes, a space as %20");
        }

        int colon = text.IndexOf("://", StringComparison.Ordinal);
        string scheme = colon < 0 ? "" : text[..colon];
        if (scheme is "http" or "https")
        {
            return Http(text);
        }

        if (scheme is not ("oci" or "s3" or "azblob" or "gs" or "hf" or "pvc"))
        {
            return (null, $"is not a model address; use {ModelAddress.Forms}");
        }

        string rest = text[(colon + 3)..];
        int question = rest.IndexOf('?', StringComparison.Ordinal);
        string place = question < 0 ? rest : rest[..question];
        string query = question < 0 ? "" : rest[(question + 1)..];
        string name = $"{scheme}://{place}";
        if (rest.Contains('#', StringComparison.Ordinal))
        {
            return (null, Fragment);
        }

        int slash = place.IndexOf('/', StringComparison.Ordinal);
        string authority = slash < 0 ? place : place[..slash];
        string path = slash < 0 ? "" : place[(slash + 1)..];
        if (authority.Contains('@', StringComparison.Ordinal))
        {
            return (null, UserInfo);
        }

        return scheme switch
        {
            "oci" => Oci(name, authority, path, query),
            "s3" => S3(name, authority, path, query),
            "azblob" => AzureBlob(name, authority, path, query),
            "gs" => GoogleStorage(name, authority, path, query),
            "hf" => HuggingFace(name, authority, path, query),
            _ => Volume(name, authority, path, query),
        };
    }

    private static (ModelAddress?, string) Http(string text)
    {
        if (!Uri.TryCreate(text, UriKind.Absolute, out Uri? uri))
        {
            return (null, "is not a valid web address; use http://HOST/PATH or https://HOST/PATH");
        }

        return uri.UserInfo.Length > 0
            ? (null, UserInfo)
            : text.Contains('#', StringComparison.Ordinal) ? (null, Fragment)
            : text.Contains('?', StringComparison.Ordinal) ? (null, Query)
            : uri.AbsolutePath is "" or "/" ? (null, "names no file; add its path after the host")
            : (new HttpAddress(uri.GetLeftPart(UriPartial.Path), uri), "");
    }

    private static (ModelAddress?, string) Oci(string name, string registry, string path, string query)
    {
        (AddressOptions? options, string problem) = AddressOptions.Parse(query, "plainHttp");
        Match match = OciPath().Match(path);
        return options is null ? (null, problem)
            : !Registry().IsMatch(registry) || !match.Success
            ? (null, "is not an artifact of a registry; "
                + "use oci://REGISTRY[:PORT]/REPOSITORY[:TAG][@sha256:HEX] with the repository in lower case")
            : (new OciAddress(
                name,
                registry,
                match.Groups["repository"].Value,
                match.Groups["digest"] is { Success: true, Value: var digest } ? digest
                    : match.Groups["tag"] is { Success: true, Value: var tag } ? tag : "latest",
                options.Flag("plainHttp") ?? false), "");
    }

    private static (ModelAddress?, string) S3(string name, string bucket, string path, string query)
    {
        (AddressOptions? options, string problem) = AddressOptions.Parse(query, "endpoint", "region", "pathStyle");
        return options is null ? (null, problem)
            : !Bucket().IsMatch(bucket) || ObjectName(path) is not { } key ? (null, "is not an object of S3; use s3://BUCKET/KEY")
            : (new S3Address(name, bucket, key, options.Endpoint, options.Text("region"), options.Flag("pathStyle")), "");
    }

    private static (ModelAddress?, string) AzureBlob(string name, string account, string path, string query)
    {
        (AddressOptions? options, string problem) = AddressOptions.Parse(query, "endpoint");
        int slash = path.IndexOf('/', StringComparison.Ordinal);
        return options is null ? (null, problem)
            : !Account().IsMatch(account)
                || slash < 0
                || !Container().IsMatch(path[..slash])
                || ObjectName(path[(slash + 1)..]) is not { } blob
            ? (null, "is not a blob of Azure Storage; use azblob://ACCOUNT/CONTAINER/BLOB with the account and the container in lower case")
            : (new AzureBlobAddress(name, account, path[..slash], blob, options.Endpoint), "");
    }

    private static (ModelAddress?, string) GoogleStorage(string name, string bucket, string path, string query)
    {
        (AddressOptions? options, string problem) = AddressOptions.Parse(query, "endpoint");
        return options is null ? (null, problem)
            : !Bucket().IsMatch(bucket) || ObjectName(path) is not { } item
                ? (null, "is not an object of Google Cloud Storage; use gs://BUCKET/OBJECT")
            : (new GoogleStorageAddress(name, bucket, item, options.Endpoint), "");
    }

    private static (ModelAddress?, string) HuggingFace(string name, string organization, string path, string query)
    {
        (AddressOptions? options, string problem) = AddressOptions.Parse(query, "endpoint");
        Match match = HuggingFacePath().Match(path);
        return options is null ? (null, problem)
            : !HuggingFaceName().IsMatch(organization) || !match.Success || ObjectName(match.Groups["path"].Value) is not { } file
            || (match.Groups["revision"].Success && ObjectName(match.Groups["revision"].Value) is null)
            ? (
                null,
                "is not a file of Hugging Face; use hf://ORGANIZATION/REPOSITORY[@REVISION]/PATH and write a slash in the revision as %2F")
            : (new HuggingFaceAddress(
                name,
                $"{organization}/{match.Groups["repository"].Value}",
                match.Groups["revision"] is { Success: true, Value: var revision } ? Uri.UnescapeDataString(revision) : "main",
                file,
                options.Endpoint), "");
    }

    private static (ModelAddress?, string) Volume(string name, string claim, string path, string query)
    {
        (AddressOptions? options, string problem) = AddressOptions.Parse(query);
        return options is null ? (null, problem)
            : claim.Length > 253 || !Claim().IsMatch(claim) || ObjectName(path.TrimEnd('/')) is not { } file
            ? (
                null,
                "is not a file on a volume; use pvc://CLAIM/PATH with a PersistentVolumeClaim of the same namespace and a path "
                + "without . and ..")
            : (new VolumeAddress(name, claim, file), "");
    }

    /// <summary>A name of an object, decoded; null when it is none, or one that would become another on its way.</summary>
    private static string? ObjectName(string encoded)
    {
        string name = Uri.UnescapeDataString(encoded);
        return name.Length == 0 || name[0] == '/' || name.Any(char.IsControl) || name.Split('/').Any(part => part is "." or ".." or "")
            ? null
            : name;
    }

    private static bool IsWellFormed(string text)
    {
        for (int at = text.IndexOf('%', StringComparison.Ordinal); at >= 0; at = text.IndexOf('%', at + 1))
        {
            if (at + 2 >= text.Length || !char.IsAsciiHexDigit(text[at + 1]) || !char.IsAsciiHexDigit(text[at + 2]))
            {
                return false;
            }
        }

        return true;
    }

    [GeneratedRegex(
        @"\A([A-Za-z0-9]([-A-Za-z0-9.]*[A-Za-z0-9])?|\[[0-9A-Fa-f:.]+\])(:[0-9]{1,5})?\z",
        RegexOptions.ExplicitCapture,
        matchTimeoutMilliseconds: 1000)]
    private static partial Regex Registry();

    // The grammar of the distribution specification.
    [GeneratedRegex(
        @"\A(?<repository>[a-z0-9]+((\.|_|__|-+)[a-z0-9]+)*(/[a-z0-9]+((\.|_|__|-+)[a-z0-9]+)*)*)"
        + @"(:(?<tag>[A-Za-z0-9_][A-Za-z0-9._-]{0,127}))?(@(?<digest>sha256:[0-9a-f]{64}))?\z",
        RegexOptions.ExplicitCapture | RegexOptions.NonBacktracking)]
    private static partial Regex OciPath();

    [GeneratedRegex(@"\A[a-z0-9][a-z0-9._-]{1,220}[a-z0-9]\z", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Bucket();

    [GeneratedRegex(@"\A[a-z0-9]{3,24}\z", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Account();

    [GeneratedRegex(@"\A([a-z0-9][-a-z0-9]{2,62}|\$root|\$web)\z", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Container();

    [GeneratedRegex(@"\A[A-Za-z0-9][A-Za-z0-9._-]{0,95}\z", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex HuggingFaceName();

    [GeneratedRegex(
        @"\A(?<repository>[A-Za-z0-9][A-Za-z0-9._-]{0,95})(@(?<revision>[^/@]{1,255}))?/(?<path>.+)\z",
        RegexOptions.ExplicitCapture,
        matchTimeoutMilliseconds: 1000)]
    private static partial Regex HuggingFacePath();

    [GeneratedRegex(@"\A[a-z0-9]([-a-z0-9.]*[a-z0-9])?\z", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Claim();
}
