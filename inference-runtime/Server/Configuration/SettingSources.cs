namespace ModelOperator.Server.Configuration;

/// <summary>Where the flags come from that are not on the command line, so that messages can say what to change.</summary>
internal sealed class SettingSources
{
    private readonly Dictionary<string, string> _sources = new(StringComparer.Ordinal);

    /// <summary>Those of this process; its command line, too, is one for all.</summary>
    public static SettingSources OfProcess { get; set; } = new();

    public void Add(string flag, string source) => _sources.Add(flag, source);

    /// <summary>A message about flags, beginning with where the first of them was set if that is not the command line.</summary>
    public string Explain(string message)
    {
        foreach (string word in message.Split(' ', ',', ';', ':', '\''))
        {
            if (_sources.TryGetValue(word, out string? source))
            {
                return $"{source}: {message}";
            }
        }

        return message;
    }
}
