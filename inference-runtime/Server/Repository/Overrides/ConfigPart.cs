using System.Text.Json;
using System.Text.Json.Serialization;
using ModelOperator.Protocol;

namespace ModelOperator.Server.Repository.Overrides;

/// <summary>A part of Triton's model configuration: the fields that this server has settings for, and all others.</summary>
internal abstract class ConfigPart
{
    private const int MaxShown = 64;

    [JsonExtensionData]
    public Dictionary<string, JsonElement>? Others { get; set; }

    /// <summary>Refuses what would not be done. Fields that ask for nothing, as clients write out all they know, are fine.</summary>
    /// <param name="path">Where this part is, with a dot after it.</param>
    public void RefuseOthers(string path)
    {
        foreach ((string name, JsonElement value) in Others ?? [])
        {
            if (!AsksForNothing(value))
            {
                throw new ProtocolException($"config: {path}{name} is {Shown(value)}, but this server has no setting for it: leave it out");
            }
        }
    }

    protected static void Require(bool right, string field, object? given, string expected)
    {
        if (!right)
        {
            throw new ProtocolException($"config: {field} is {given}, expected {expected}");
        }
    }

    private static bool AsksForNothing(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.False or JsonValueKind.Null => true,
        JsonValueKind.Number => value.GetRawText() == "0",
        JsonValueKind.String => value.ValueEquals(""u8) || value.ValueEquals("0"u8),
        JsonValueKind.Array => value.GetArrayLength() == 0,
        JsonValueKind.Object => value.EnumerateObject().All(property => AsksForNothing(property.Value)),
        _ => false,
    };

    private static string Shown(JsonElement value)
    {
        string text = value.GetRawText();
        return text.Length <= MaxShown ? text : text[..MaxShown] + "...";
    }
}

internal sealed class VersionPolicyPart : ConfigPart
{
    public LatestPart? Latest { get; set; }

    public AllPart? All { get; set; }

    public SpecificPart? Specific { get; set; }

    internal sealed class LatestPart : ConfigPart
    {
        public int NumVersions { get; set; } = 1;
    }

    internal sealed class AllPart : ConfigPart;

    internal sealed class SpecificPart : ConfigPart
    {
        public IReadOnlyList<long> Versions { get; set; } = [];
    }
}

internal sealed class TensorPart : ConfigPart
{
    public string? Name { get; set; }

    public string? DataType { get; set; }

    public IReadOnlyList<long>? Dims { get; set; }
}

internal sealed class InstanceGroupPart : ConfigPart
{
    public string? Name { get; set; }

    public string? Kind { get; set; }

    public int Count { get; set; }

    public IReadOnlyList<int>? Gpus { get; set; }
}

internal sealed class DynamicBatchingPart : ConfigPart
{
    public IReadOnlyList<int>? PreferredBatchSize { get; set; }

    public long? MaxQueueDelayMicroseconds { get; set; }

    public QueuePolicyPart? DefaultQueuePolicy { get; set; }

    internal sealed class QueuePolicyPart : ConfigPart
    {
        public int MaxQueueSize { get; set; }
    }
}

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
    NumberHandling = JsonNumberHandling.AllowReadingFromString,
    AllowDuplicateProperties = false)]
[JsonSerializable(typeof(ConfigOverride))]
internal sealed partial class ConfigJson : JsonSerializerContext;
