using System.Runtime.CompilerServices;
using System.Text.Json;
using ModelOperator.Protocol;
using ModelOperator.Server.Models;

namespace ModelOperator.Server.Rest;

/// <summary>What the JSON of a model's requests and responses has in common.</summary>
internal sealed class RestModel
{
    private static readonly ConditionalWeakTable<OnnxModel, RestModel> Known = [];

    private readonly (string Name, byte[] Text)[] _outputs;

    private RestModel(ServedModel served, OnnxModel model)
    {
        Names = new KnownNames(model.Inputs.Concat(model.Outputs).Select(t => t.Name).Distinct());
        Head = [.. "{\"model_name\":"u8, .. Text(served.Name), .. ",\"model_version\":"u8, .. Text(served.Version)];
        _outputs = [.. model.Outputs.Select(o => (o.Name, Text(o.Name)))];
        Raw = new RawInput(model.Inputs, model.Outputs);
    }

    /// <summary>Names of its inputs and outputs.</summary>
    public KnownNames Names { get; }

    /// <summary>Reads bodies without JSON.</summary>
    public RawInput Raw { get; }

    /// <summary>How each response begins.</summary>
    public byte[] Head { get; }

    public static RestModel Of(ServedModel served, OnnxModel model) => Known.TryGetValue(model, out RestModel? rest) ? rest : Add(served, model);

    /// <summary>The name of an output as JSON.</summary>
    public ReadOnlySpan<byte> Output(string name)
    {
        foreach ((string output, byte[] text) in _outputs)
        {
            if (ReferenceEquals(output, name) || output == name)
            {
                return text;
            }
        }

        throw new ArgumentException($"the model has no output '{name}'", nameof(name));
    }

    // By itself, so that only it costs an object for what the function takes along.
    private static RestModel Add(ServedModel served, OnnxModel model) => Known.GetValue(model, m => new RestModel(served, m));

    private static byte[] Text(string text) => [(byte)'"', .. JsonEncodedText.Encode(text).EncodedUtf8Bytes, (byte)'"'];
}
