using System.Buffers;
using System.IO.Pipelines;
using ModelOperator.Protocol;

namespace ModelOperator.Server.Rest;

/// <summary>Sends responses to infer: small ones in one piece, large ones piece by piece as the client takes them.</summary>
internal static class ResponseSender
{
    /// <summary>Up to here the data is copied behind the JSON and all is sent at once.</summary>
    private const int MaxOnePiece = 32 * 1024;

    private const int Piece = 64 * 1024;

    public static Task SendAsync(HttpContext context, InferResponse response)
    {
        long length = response.Json.Length + response.BinaryLength;
        if (response.IsBinary)
        {
            context.Response.Headers[ModelHeaders.InferenceHeaderLength] = response.Json.Length.ToString();
            context.Response.ContentType = "application/octet-stream";
        }
        else
        {
            context.Response.ContentType = "application/json";
        }

        if (ContentCoding.Choose(context.Request.Headers.AcceptEncoding, length) is { } coding)
        {
            context.Response.Headers.ContentEncoding = coding.Name;
            return SendCompressedAsync(context, response, coding);
        }

        context.Response.ContentLength = length;
        if (length > MaxOnePiece)
        {
            return SendPiecesAsync(context, response);
        }

        foreach (InferResponse.IBinaryPart part in response.Binary)
        {
            response.Json.Write(part.Data);
        }

        // Kestrel ends this by itself when the client is gone.
        ValueTask<FlushResult> sent = context.Response.BodyWriter.WriteAsync(response.Json.Memory, CancellationToken.None);
        return sent.IsCompletedSuccessfully ? Task.CompletedTask : sent.AsTask();
    }

    private static async Task SendPiecesAsync(HttpContext context, InferResponse response)
    {
        PipeWriter writer = context.Response.BodyWriter;
        CancellationToken aborted = context.RequestAborted;
        await context.Response.StartAsync(aborted);
        for (int at = 0; at < response.Json.Length; at += Piece)
        {
            await writer.WriteAsync(response.Json.Memory[at..Math.Min(at + Piece, response.Json.Length)], aborted);
        }

        foreach (InferResponse.IBinaryPart part in response.Binary)
        {
            int length = part.Data.Length;
            for (int at = 0; at < length; at += Piece)
            {
                writer.Write(part.Data[at..Math.Min(at + Piece, length)]);
                FlushResult flushed = await writer.FlushAsync(aborted);
                if (flushed.IsCompleted)
                {
                    // Nobody takes it any more.
                    return;
                }
            }
        }
    }

    private static async Task SendCompressedAsync(HttpContext context, InferResponse response, ContentCoding coding)
    {
        await using Stream compressed = coding.Compress(context.Response.BodyWriter.AsStream(leaveOpen: true));
        await compressed.WriteAsync(response.Json.Memory, context.RequestAborted);
        foreach (InferResponse.IBinaryPart part in response.Binary)
        {
            int length = part.Data.Length;
            for (int at = 0; at < length; at += Piece)
            {
                compressed.Write(part.Data[at..Math.Min(at + Piece, length)]);
                await compressed.FlushAsync(context.RequestAborted);
            }
        }
    }
}
