using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;
using System.Text.Json;

namespace ModelOperator.Benchmarks.Serving;

/// <summary>The input of a model, float32, or float16 for those that take it.</summary>
internal sealed record InputTensor(string Name, int[] Shape, float[] Values, string DataType = "FP32")
{
    /// <summary>Rows of the digits held out in training, as their images.</summary>
    public static InputTensor Digits(string file, int batch)
    {
        float[] values = [.. File.ReadLines(file).Take(batch).SelectMany(Pixels)];
        return new InputTensor("image", [batch, 64], values);
    }

    /// <summary>Numbers between 0 and 1, the same at every call.</summary>
    public static InputTensor Random(string name, int[] shape, string dataType = "FP32")
    {
        Random random = new(1);
        float[] values = new float[shape.Aggregate(1, (product, size) => product * size)];
        for (int i = 0; i < values.Length; i++)
        {
            values[i] = MathF.Round(random.NextSingle(), 6);
        }

        return new InputTensor(name, shape, values, dataType);
    }

    /// <summary>As Python's json module writes floats: whole numbers with a point.</summary>
    public string JsonData()
    {
        StringBuilder text = new(Values.Length * 9);
        foreach (float value in Values)
        {
            text.Append(text.Length == 0 ? "" : ",");
            text.Append(value.ToString("0.0######", CultureInfo.InvariantCulture));
        }

        return text.ToString();
    }

    /// <summary>Little-endian, as the binary extension and gRPC carry it.</summary>
    public byte[] Bytes() => DataType == "FP16"
        ? MemoryMarshal.AsBytes<Half>(Array.ConvertAll(Values, v => (Half)v)).ToArray()
        : MemoryMarshal.AsBytes<float>(Values).ToArray();

    private static float[] Pixels(string line)
    {
        using JsonDocument row = JsonDocument.Parse(line);
        return [.. row.RootElement.GetProperty("image").EnumerateArray().Select(v => v.GetSingle())];
    }
}
