using System.Text.RegularExpressions;

namespace ModelOperator.Api.Validation;

/// <summary>Rules of spec.model.</summary>
internal static partial class ModelSourceRules
{
    public static IEnumerable<FieldError> Check(ModelSource model)
    {
        if (!Uri.TryCreate(model.Uri, UriKind.Absolute, out var uri) || (uri.Scheme != Uri.UriSchemeHttp && uri.Scheme != Uri.UriSchemeHttps))
        {
            yield return FieldError.Text("spec.model.uri", WithoutUserInfo(model.Uri), "want the address of one ONNX file: http://HOST/PATH or https://HOST/PATH");
        }
        else if (uri.UserInfo.Length > 0)
        {
            yield return FieldError.Text(
                "spec.model.uri", WithoutUserInfo(model.Uri), "holds a user name or password, which everybody who can read the object would see; put them into a Secret and name it in credentialsSecretRef");
        }
        else if (uri.AbsolutePath is "" or "/" || uri.Fragment.Length > 0)
        {
            yield return FieldError.Text("spec.model.uri", model.Uri, "names no file; want a path after the host, and no #fragment");
        }

        if (model.Digest is { } digest && !Sha256().IsMatch(digest))
        {
            yield return FieldError.Text("spec.model.digest", digest, "want sha256: and 64 lower case hexadecimal digits, as sha256sum prints them");
        }

        if (model.CredentialsSecretRef is { } secret && !SecretName().IsMatch(secret.Name))
        {
            yield return FieldError.Text("spec.model.credentialsSecretRef.name", secret.Name, "want the name of a Secret in the same namespace");
        }
    }

    private static string WithoutUserInfo(string uri) => UserInfo().Replace(uri, "//***@", 1);

    [GeneratedRegex(@"\Asha256:[0-9a-f]{64}\z", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Sha256();

    [GeneratedRegex(@"\A[a-z0-9]([-a-z0-9.]*[a-z0-9])?\z", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex SecretName();

    [GeneratedRegex("//[^/?#]*@", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex UserInfo();
}
