using System.Globalization;
using System.Text;

namespace ModelOperator.Server.Tests.Network;

/// <summary>An answer as it came.</summary>
internal sealed record RawAnswer(int Status, string Head, string Body)
{
    public bool Closes => Head.Contains("Connection: close", StringComparison.OrdinalIgnoreCase);

    /// <summary>Takes an answer from the front of what was received, once it is whole.</summary>
    public static RawAnswer? TryTake(List<byte> received)
    {
        string text = Encoding.Latin1.GetString([.. received]);
        int end = text.IndexOf("\r\n\r\n", StringComparison.Ordinal);
        if (end < 0)
        {
            return null;
        }

        string head = text[..(end + 2)];
        int length = 0;
        foreach (string line in head.Split("\r\n"))
        {
            if (line.StartsWith("Content-Length:", StringComparison.OrdinalIgnoreCase))
            {
                length = int.Parse(line.AsSpan(line.IndexOf(':', StringComparison.Ordinal) + 1), CultureInfo.InvariantCulture);
            }
        }

        if (text.Length < end + 4 + length)
        {
            return null;
        }

        received.RemoveRange(0, end + 4 + length);
        return new RawAnswer(int.Parse(head.Split(' ')[1], CultureInfo.InvariantCulture), head, text.Substring(end + 4, length));
    }
}
