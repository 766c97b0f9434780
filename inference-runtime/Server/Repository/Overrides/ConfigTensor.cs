using ModelOperator.Protocol;
using ModelOperator.Server.Models;

namespace ModelOperator.Server.Repository.Overrides;

/// <summary>What a configuration says of an input or output; it must be what the model says.</summary>
internal sealed record ConfigTensor(ConfigField Field, string Name, string? DataType, IReadOnlyList<long>? Dims)
{
    private const int MaxRank = 64;

    public static ConfigTensor Read(ConfigField field)
    {
        string name = "";
        string? type = null;
        IReadOnlyList<long>? dims = null;
        field.Read((key, value) =>
        {
            switch (key)
            {
                case "name":
                    name = value.Text();
                    return true;
                case "data_type":
                    type = value.Text();
                    return true;
                case "dims":
                    dims = [.. value.Elements(MaxRank).Select(d => d.Whole(-1, long.MaxValue))];
                    return true;
                case "format":
                    return value.Is("FORMAT_NONE");
                case "label_filename":
                    return value.Is(ModelDirectory.LabelsFile);
                default:
                    return false;
            }
        });
        return new ConfigTensor(field, name, type, dims);
    }

    /// <summary>Compares what a configuration lists with what the model has. An empty list says nothing.</summary>
    /// <param name="given">What the configuration lists.</param>
    /// <param name="specs">What the model has.</param>
    /// <param name="batches">Whether the dims are without the batch's; null when the configuration does not say.</param>
    public static void Check(IReadOnlyList<ConfigTensor> given, IReadOnlyList<TensorSpec> specs, bool? batches)
    {
        foreach (ConfigTensor tensor in given)
        {
            TensorSpec spec = specs.FirstOrDefault(s => s.Name == tensor.Name)
                ?? throw new ProtocolException($"config: {tensor.Field}.name is '{tensor.Name}', expected {string.Join(" or ", specs.Select(s => $"'{s.Name}'"))}");
            tensor.Check(spec, batches);
        }

        if (given.Count > 0 && specs.FirstOrDefault(s => given.All(g => g.Name != s.Name)) is { } missing)
        {
            throw new ProtocolException($"config: '{missing.Name}' of the model is not in the list of {given[0].Field}: name all or none");
        }
    }

    private void Check(TensorSpec spec, bool? batches)
    {
        string type = ModelConfigs.TypeName(spec.DataType);
        if (DataType is not null && DataType != type)
        {
            throw new ProtocolException($"config: {Field}.data_type is {DataType}, the model's '{Name}' is {type}");
        }

        if (Dims is null)
        {
            return;
        }

        bool whole = batches != true && Dims.SequenceEqual(spec.Shape);
        bool row = batches != false && spec.Shape is [-1, .. var rest] && Dims.SequenceEqual(rest);
        if (!whole && !row)
        {
            throw new ProtocolException(
                $"config: {Field}.dims is {Shapes.Format(Dims)}, the model's '{Name}' is {spec.Describe()}{(batches == true ? ", whose first dimension is left out where max_batch_size is not 0" : "")}");
        }
    }
}
