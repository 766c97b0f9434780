namespace ModelOperator.Fuzzing.Generation;

/// <summary>Inputs that each did something new when they came, kept in a folder from run to run.</summary>
internal sealed class Corpus(string folder, Random random)
{
    private readonly List<byte[]> _inputs = [];

    public int Count => _inputs.Count;

    public long Bytes { get; private set; }

    /// <summary>What earlier runs left.</summary>
    public IEnumerable<byte[]> Stored() =>
        Directory.Exists(folder) ? Directory.EnumerateFiles(folder).Order(StringComparer.Ordinal).Select(File.ReadAllBytes) : [];

    public void Add(byte[] input, bool store)
    {
        _inputs.Add(input);
        Bytes += input.Length;
        if (store)
        {
            Directory.CreateDirectory(folder);
            File.WriteAllBytes(
                Path.Combine(folder, Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(input))[..16]),
                input);
        }
    }

    /// <summary>An input to change: as often one of the latest, which lead to where nobody was yet, as any.</summary>
    public byte[] Next() => random.Next(2) == 0
        ? _inputs[_inputs.Count - 1 - (int)(Math.Pow(random.NextDouble(), 2) * Math.Min(_inputs.Count, 200))]
        : Any();

    public byte[] Any() => _inputs[random.Next(_inputs.Count)];
}
