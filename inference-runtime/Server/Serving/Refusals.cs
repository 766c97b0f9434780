using System.Diagnostics;
using System.IO.Pipelines;
using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.WebUtilities;
using ModelOperator.Protocol;
using BadHttpRequestException = Microsoft.AspNetCore.Http.BadHttpRequestException;

namespace ModelOperator.Server.Serving;

/// <summary>Gives the requests that Kestrel refuses before any of our code sees them the protocol's error body.</summary>
internal static class Refusals
{
    /// <summary>What Kestrel says when it refuses; its argument are the request's features.</summary>
    private const string Event = "Microsoft.AspNetCore.Server.Kestrel.BadRequest";

    /// <summary>Lets the answers of connections be changed.</summary>
    public static void Prepare(ListenOptions listen) => listen.Use(next => async connection =>
    {
        IDuplexPipe transport = connection.Transport;
        RefusalWriter writer = new(transport.Output);
        connection.Features.Set(writer);
        connection.Transport = new Duplex(transport.Input, writer);
        try
        {
            await next(connection);
        }
        finally
        {
            connection.Transport = transport;
        }
    });

    /// <summary>Listens for refusals until the server is disposed of.</summary>
    public static void Answer(DiagnosticListener kestrel) => kestrel.Subscribe(new Observer(), static name => name == Event);

    /// <summary>The whole answer to a request that was refused.</summary>
    private static byte[] Compose(BadHttpRequestException refusal, bool withBody)
    {
        byte[] body = JsonSerializer.SerializeToUtf8Bytes(new ErrorResponse(refusal.Message), ProtocolJson.Default.ErrorResponse);
        string head =
            $"HTTP/1.1 {refusal.StatusCode} {ReasonPhrases.GetReasonPhrase(refusal.StatusCode)}\r\nContent-Length: "
            + $"{body.Length}\r\nConnection: close\r\nContent-Type: application/json\r\n\r\n";
        return [.. Encoding.ASCII.GetBytes(head), .. withBody ? body : []];
    }

    private sealed class Observer : IObserver<KeyValuePair<string, object?>>
    {
        public void OnNext(KeyValuePair<string, object?> value)
        {
            if (value is { Key: Event, Value: IFeatureCollection features }
                && features.Get<IHttpResponseFeature>() is { HasStarted: false }
                && features.Get<IBadRequestExceptionFeature>()?.Error is BadHttpRequestException refusal)
            {
                bool head = features.Get<IHttpRequestFeature>() is { Method: { } method } && HttpMethods.IsHead(method);
                features.Get<RefusalWriter>()?.Refuse(Compose(refusal, withBody: !head));
            }
        }

        public void OnCompleted()
        {
        }

        public void OnError(Exception error)
        {
        }
    }

    private sealed class Duplex(PipeReader input, PipeWriter output) : IDuplexPipe
    {
        public PipeReader Input => input;

        public PipeWriter Output => output;
    }
}
