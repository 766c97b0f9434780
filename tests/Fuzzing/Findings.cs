using System.Security.Cryptography;

namespace ModelOperator.Fuzzing;

/// <summary>Inputs that broke a promise, kept as files; those that broke it in the same place are one.</summary>
internal sealed class Findings(string folder)
{
    private readonly HashSet<string> _places = new(StringComparer.Ordinal);

    public int Count => _places.Count;

    public void Add(string target, byte[] input, string what, string place)
    {
        if (!_places.Add($"{target} {place}"))
        {
            return;
        }

        Directory.CreateDirectory(folder);
        string path = Path.Combine(folder, $"{target}-{Convert.ToHexStringLower(SHA256.HashData(input))[..16]}");
        File.WriteAllBytes(path, input);
        Console.WriteLine($"FINDING {target}: {what}\n  {place}\n  the input of {input.Length} bytes is in {path}");
    }
}
