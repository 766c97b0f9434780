using System.Net.Http.Headers;
using System.Security.Cryptography;

namespace ModelOperator.Evidence;

/// <summary>
/// How a router shows that an answer of its admin port is its own. Whoever asks sends a number that it uses once; the router signs it with
/// what it was asked and what it answers. An answer that another pod gave, was changed, or was given before proves nothing.
/// </summary>
public static class RouterProof
{
    /// <summary>On requests: the number. On answers: the signature.</summary>
    public const string NonceHeader = "x-router-nonce", ProofHeader = "x-router-proof";

    private const string Purpose = "answer";

    /// <summary>Makes a request one of somebody who holds the keys, and gives what refuses an answer to it that proves nothing.</summary>
    /// <exception cref="HttpRequestException">By what is given: the answer bears no proof.</exception>
    public static Action<HttpResponseMessage, byte[]> Ask(
        HttpRequestMessage request, string routerPod, NamespaceKeys keys, DateTimeOffset now)
    {
        ArgumentNullException.ThrowIfNull(request);
        string nonce = RandomNumberGenerator.GetHexString(32);
        string asked = $"{request.Method} {request.RequestUri!.PathAndQuery}";
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", PodToken.For(routerPod, keys, now));
        request.Headers.Add(NonceHeader, nonce);
        return (answer, body) =>
        {
            string proof = answer.Headers.TryGetValues(ProofHeader, out var values) ? string.Concat(values) : "";
            if (!keys.IsSigned(Purpose, Text(routerPod, nonce, asked, (int)answer.StatusCode, body), proof))
            {
                throw new HttpRequestException(
                    $"its answer, {(int)answer.StatusCode}, does not prove that router '{routerPod}' gave it", inner: null,
                    answer.StatusCode);
            }
        };
    }

    /// <summary>The signature of an answer.</summary>
    public static string Of(
        string routerPod, string nonce, string asked, int status, ReadOnlySpan<byte> body, NamespaceKeys keys, DateTimeOffset now)
    {
        ArgumentNullException.ThrowIfNull(keys);
        return keys.Sign(Purpose, Text(routerPod, nonce, asked, status, body), now);
    }

    private static string Text(string routerPod, string nonce, string asked, int status, ReadOnlySpan<byte> body) =>
        $"{routerPod}\n{nonce}\n{asked}\n{status}\n{Convert.ToHexString(SHA256.HashData(body))}";
}
