using System.Buffers.Binary;
using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;

namespace ModelOperator.Server.Tests.Rest;

/// <summary>
/// A client of the binary tensor extension, written from the protocol's document with nothing of the server's: the JSON, then the data of
/// the tensors in their order, and the JSON's length in a header.
/// </summary>
internal static class BinaryClient
{
    private const string LengthHeader = "Inference-Header-Content-Length";

    public static HttpRequestMessage Request(string path, string json, params byte[][] data)
    {
        byte[] head = Encoding.UTF8.GetBytes(json);
        ByteArrayContent body = new([.. head, .. data.SelectMany(d => d)]);
        body.Headers.ContentType = new MediaTypeHeaderValue("application/octet-stream");
        HttpRequestMessage request = new(HttpMethod.Post, path) { Content = body };
        request.Headers.Add(LengthHeader, head.Length.ToString(CultureInfo.InvariantCulture));
        return request;
    }

    public static async Task<Answer> SendAsync(HttpClient client, HttpRequestMessage request)
    {
        using HttpResponseMessage response = await client.SendAsync(request);
        byte[] body = await response.Content.ReadAsByteArrayAsync();
        int? length = response.Headers.TryGetValues(LengthHeader, out IEnumerable<string>? values)
            ? int.Parse(values.Single(), CultureInfo.InvariantCulture)
            : null;
        JsonElement json = JsonDocument.Parse(body.AsMemory(0, length ?? body.Length)).RootElement;
        Dictionary<string, byte[]> binary = [];
        int at = length ?? body.Length;
        if (json.TryGetProperty("outputs", out JsonElement outputs))
        {
            foreach (JsonElement output in outputs.EnumerateArray())
            {
                if (output.TryGetProperty("parameters", out JsonElement parameters)
                    && parameters.TryGetProperty("binary_data_size", out JsonElement size))
                {
                    binary.Add(output.GetProperty("name").GetString()!, body[at..(at + size.GetInt32())]);
                    at += size.GetInt32();
                }
            }
        }

        Assert.That(at, Is.EqualTo(body.Length), "all of the body belongs to an output");
        return new Answer(
            response.StatusCode,
            json,
            binary,
            response.Content.Headers.ContentType?.MediaType,
            [.. response.Content.Headers.ContentEncoding]);
    }

    /// <summary>Texts in their binary form.</summary>
    public static byte[] Texts(params string[] texts) => [.. texts.SelectMany(text =>
    {
        byte[] bytes = Encoding.UTF8.GetBytes(text);
        byte[] length = new byte[4];
        BinaryPrimitives.WriteInt32LittleEndian(length, bytes.Length);
        return (byte[])[.. length, .. bytes];
    })];

    /// <summary>Texts out of their binary form.</summary>
    public static string[] Texts(byte[] data)
    {
        List<string> texts = [];
        for (int at = 0; at < data.Length;)
        {
            int length = BinaryPrimitives.ReadInt32LittleEndian(data.AsSpan(at));
            texts.Add(Encoding.UTF8.GetString(data, at + 4, length));
            at += 4 + length;
        }

        return [.. texts];
    }

    internal sealed record Answer(
        HttpStatusCode Status, JsonElement Json, IReadOnlyDictionary<string, byte[]> Binary, string? ContentType,
        IReadOnlyList<string> Encodings)
    {
        public JsonElement Output(string name) =>
            Json.GetProperty("outputs").EnumerateArray().First(o => o.GetProperty("name").GetString() == name);
    }
}
