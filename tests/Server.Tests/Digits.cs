using System.Text.Json;

namespace ModelOperator.Server.Tests;

/// <summary>The held-out digits and requests made of them.</summary>
internal static class Digits
{
    public static readonly (string Image, int Label)[] All = [.. File
        .ReadLines(Path.Combine(TestServer.Models, "digits-heldout.ndjson"))
        .Select(line => JsonDocument.Parse(line).RootElement)
        .Select(sample => (sample.GetProperty("image").GetRawText(), sample.GetProperty("label").GetInt32()))];

    public static string Request(int first, int count = 1, string? id = null, string extra = "")
    {
        string images = string.Join(',', All.Skip(first).Take(count).Select(s => s.Image));
        string named = id is null ? "" : $"\"id\":\"{id}\",";
        return $$"""{{{named}}"inputs":[{"name":"image","shape":[{{count}},64],"datatype":"FP32","data":[{{images}}]}]{{extra}}}""";
    }

    public static int[] Labels(JsonElement response) =>
        [.. response.GetProperty("outputs")
            .EnumerateArray()
            .First(o => o.GetProperty("name").GetString() == "label")
            .GetProperty("data")
            .EnumerateArray()
            .Select(e => e.GetInt32())];
}
