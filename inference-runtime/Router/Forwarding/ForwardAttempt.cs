using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using ModelOperator.Protocol;
using ModelOperator.Router.Routing;
using Yarp.ReverseProxy.Forwarder;

namespace ModelOperator.Router.Forwarding;

/// <summary>One attempt to have one pod answer: adds the router's headers, and holds back the answer of a draining server.</summary>
/// <param name="pod">Who is to answer.</param>
/// <param name="predictionId">The id under which feedback finds the prediction; null when nothing is predicted.</param>
/// <param name="requestId">What the client calls its request itself.</param>
/// <param name="answered">Called before the first byte of the answer, with the number of predictions in it.</param>
internal sealed class ForwardAttempt(PodEndpoint pod, string? predictionId, string? requestId, Action<HttpContext, int>? answered)
    : HttpTransformer
{
    /// <summary>The server said that it is draining and has not looked at the request.</summary>
    public bool WasDraining { get; private set; }

    public override async ValueTask TransformRequestAsync(
        HttpContext httpContext, HttpRequestMessage proxyRequest, string destinationPrefix, CancellationToken cancellationToken)
    {
        await base.TransformRequestAsync(httpContext, proxyRequest, destinationPrefix, cancellationToken);
        proxyRequest.Headers.Host = null;

        // The body is here already; waiting for a go-ahead would only add a round trip.
        proxyRequest.Headers.ExpectContinue = null;

        // Between routers and model servers only: whoever sent it could have wrong answers taken for right ones.
        proxyRequest.Headers.Remove(ModelHeaders.FeedbackTolerance);
        if (predictionId is not null)
        {
            proxyRequest.Headers.Remove(ModelHeaders.RequestId);
            proxyRequest.Headers.TryAddWithoutValidation(ModelHeaders.RequestId, predictionId);
        }
    }

    public override async ValueTask<bool> TransformResponseAsync(
        HttpContext httpContext, HttpResponseMessage? proxyResponse, CancellationToken cancellationToken)
    {
        if (proxyResponse is null)
        {
            return false;
        }

        if (proxyResponse.StatusCode == HttpStatusCode.ServiceUnavailable && proxyResponse.Headers.Contains(ModelHeaders.Draining))
        {
            WasDraining = true;
            return false;
        }

        int predictions = Predictions(proxyResponse.Headers);
        bool copyBody = await base.TransformResponseAsync(httpContext, proxyResponse, cancellationToken);
        httpContext.Response.Headers[ModelHeaders.Revision] = pod.Revision;
        if (predictionId is not null)
        {
            httpContext.Response.Headers[ModelHeaders.PredictionId] = predictionId;
            httpContext.Response.Headers[ModelHeaders.RequestId] = requestId ?? predictionId;
        }

        // Before the first byte of the answer: the client's feedback can arrive right after it.
        answered?.Invoke(httpContext, predictions);
        return copyBody;
    }

    // Between routers and model servers only.
    private static int Predictions(HttpResponseHeaders headers)
    {
        if (!headers.TryGetValues(ModelHeaders.Predictions, out IEnumerable<string>? values))
        {
            return 1;
        }

        string text = string.Concat(values);
        headers.Remove(ModelHeaders.Predictions);
        return int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int predictions) ? predictions : 1;
    }
}
