using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace ModelOperator.Kubernetes.Entities;

/// <summary>
/// metav1.Time: RFC 3339, written in UTC to the second, as the API server itself does, so that a value read back is the value written.
/// </summary>
public sealed class TimeConverter() : UtcTimeConverter("yyyy-MM-dd'T'HH:mm:ss'Z'");

/// <summary>metav1.MicroTime: exactly six decimals; the API server refuses any other number of them.</summary>
public sealed class MicroTimeConverter() : UtcTimeConverter("yyyy-MM-dd'T'HH:mm:ss.ffffff'Z'");

/// <summary>RFC 3339 in UTC with a fixed precision.</summary>
public abstract class UtcTimeConverter(string format) : JsonConverter<DateTimeOffset>
{
    public override DateTimeOffset Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        reader.GetDateTimeOffset();

    public override void Write(Utf8JsonWriter writer, DateTimeOffset value, JsonSerializerOptions options) =>
        writer.WriteStringValue(value.UtcDateTime.ToString(format, CultureInfo.InvariantCulture));
}
