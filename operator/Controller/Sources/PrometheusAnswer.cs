using System.Globalization;
using System.Net;
using System.Text.Json;

namespace ModelOperator.Controller.Sources;

/// <summary>
/// Reads the answer to an instant query. One finite number is data; everything else is none, and a <see cref="SourceException"/> says why.
/// It quotes nothing of the answer: the address is a user's choice, and what only the operator can reach is not for everybody who can read
/// the object.
/// </summary>
internal static class PrometheusAnswer
{
    // What Prometheus says of a query it refuses.
    private static readonly string[] ErrorTypes =
        ["bad_data", "execution", "timeout", "canceled", "internal", "unavailable", "not_found", "not_acceptable"];

    private static readonly JsonDocumentOptions Strict = new() { MaxDepth = 16 };

    public static double Read(HttpStatusCode status, ReadOnlyMemory<byte> body)
    {
        if ((int)status is >= 300 and < 400)
        {
            throw new SourceException($"it answers {(int)status}, a redirect, which is not followed: write the address it redirects to");
        }

        try
        {
            using JsonDocument json = JsonDocument.Parse(body, Strict);
            return Read(status, json.RootElement);
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            throw new SourceException($"it answers {(int)status} with something that is not JSON", e);
        }
    }

    private static double Read(HttpStatusCode status, JsonElement answer)
    {
        string? outcome = Text(answer, "status");
        if (outcome == "error")
        {
            throw new SourceException(
                $"it refuses the query ({Array.Find(ErrorTypes, type => type == Text(answer, "errorType")) ?? "unknown reason"}); "
                + "run the query in Prometheus to see why");
        }

        if (status != HttpStatusCode.OK || outcome != "success")
        {
            throw new SourceException($"it answers {(int)status} without success");
        }

        if (Property(answer, "warnings") is { ValueKind: JsonValueKind.Array } warnings && warnings.GetArrayLength() > 0)
        {
            // Such as a partial answer, in which a counter looks smaller than it is.
            throw new SourceException("it warns of its answer; run the query in Prometheus to see why");
        }

        if (Property(answer, "data") is not { } data || Property(data, "result") is not { ValueKind: JsonValueKind.Array } result)
        {
            throw new SourceException("its answer has no data.result");
        }

        return Text(data, "resultType") switch
        {
            "vector" => Number(Only(result)),
            "scalar" => Number(result),
            "matrix" => throw NotOne("a matrix"),
            "string" => throw NotOne("a string"),
            _ => throw NotOne("something else than a number"),
        };
    }

    private static JsonElement Only(JsonElement vector) => vector.GetArrayLength() switch
    {
        0 => throw new SourceException("no series matches the query, at least not now"),
        1 => Property(vector[0], "value") ?? throw new SourceException("the series has no value (native histograms have none)"),
        int count => throw new SourceException($"{count} series match the query; it has to give one number, as sum(...) does"),
    };

    private static double Number(JsonElement sample)
    {
        if (sample.ValueKind != JsonValueKind.Array || sample.GetArrayLength() != 2 || sample[1].ValueKind != JsonValueKind.String)
        {
            throw new SourceException("the value in its answer is not a time and a text");
        }

        string text = sample[1].GetString()!;
        if (!double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out double number))
        {
            throw new SourceException(text is "+Inf" or "-Inf" ? $"the query gives {text}" : "the query gives a text that is not a number");
        }

        return double.IsFinite(number)
            ? number
            : throw new SourceException($"the query gives {(double.IsNaN(number) ? "NaN" : "a number that is too large")}");
    }

    private static JsonElement? Property(JsonElement parent, string name) =>
        parent.ValueKind == JsonValueKind.Object && parent.TryGetProperty(name, out JsonElement value) ? value : null;

    private static string? Text(JsonElement parent, string name) =>
        Property(parent, name) is { ValueKind: JsonValueKind.String } value ? value.GetString() : null;

    private static SourceException NotOne(string what) => new($"the query gives {what}; it has to give one number, as sum(...) does");
}
