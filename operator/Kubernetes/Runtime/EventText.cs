using System.Text;

namespace ModelOperator.Kubernetes.Runtime;

/// <summary>Fits texts to what the API server takes; it refuses an event that is a byte too long.</summary>
internal static class EventText
{
    private const int NoteBytes = 1024;
    private const int WordCharacters = 128;
    private const int NameCharacters = 253;

    public static string Note(string message)
    {
        if (Encoding.UTF8.GetByteCount(message) <= NoteBytes)
        {
            return message;
        }

        var text = new StringBuilder();
        var bytes = 3;
        foreach (var rune in message.EnumerateRunes())
        {
            bytes += rune.Utf8SequenceLength;
            if (bytes > NoteBytes)
            {
                break;
            }

            text.Append(rune);
        }

        return text.Append("...").ToString();
    }

    public static string Word(string word) => word.Length <= WordCharacters ? word : word[..WordCharacters];

    /// <summary>A name nobody else picks: the involved object's and the time in 100 ns.</summary>
    public static string Name(string involved, DateTimeOffset now)
    {
        var suffix = $".{now.UtcTicks:x}";
        var room = NameCharacters - suffix.Length;
        return (involved.Length <= room ? involved : involved[..room].TrimEnd('.', '-')) + suffix;
    }
}
