using System.Net;
using System.Text;
using ModelOperator.Fetch.Http;
using ModelOperator.Fetch.Stores;

namespace ModelOperator.Fetch.Signatures;

/// <summary>A signature in a file beside the model, in base64, as cosign sign-blob writes it.</summary>
internal static class DetachedSignature
{
    private const int MaxBytes = 1024;

    public static Task<string> DownloadAsync(RemoteFile file, StoreContext context, CancellationToken cancellationToken) =>
        context.Tries.RunAsync(
            file.Name,
            async stall =>
            {
                using HttpResponseMessage response = await context.Client.SendAsync(file, null, stall.Token);
                return response.StatusCode switch
                {
                    HttpStatusCode.OK => Encoding.ASCII.GetString(await BoundedBody.ReadAsync(response, MaxBytes, stall.Token)),
                    HttpStatusCode.NotFound or HttpStatusCode.Gone =>
                        throw new TerminatingException(
                            FailureReasons.SignatureInvalid, $"the model is not signed: there is no {file.Name}"),
                    _ => throw await context.Client.FailureAsync(file, response, stall.Token),
                };
            },
            cancellationToken);

    public static void Check(SignatureKey key, string sha256, string signature, string name)
    {
        if (!key.Verifies(Convert.FromHexString(sha256), signature))
        {
            throw new TerminatingException(
                FailureReasons.SignatureInvalid,
                $"{name} is not signed by the key asked for: its signature is not by it, or not for sha256:{sha256}");
        }
    }
}
