namespace ModelOperator.Grpc;

/// <summary>How messages are compressed.</summary>
internal enum MessageEncoding
{
    Identity,
    Gzip,

    /// <summary>What HTTP calls deflate: zlib's format.</summary>
    Deflate,
}

/// <summary>Names of the encodings in headers.</summary>
internal static class MessageEncodings
{
    public const string All = "identity,gzip,deflate";

    public static string Name(this MessageEncoding encoding) => encoding switch
    {
        MessageEncoding.Gzip => "gzip",
        MessageEncoding.Deflate => "deflate",
        _ => "identity",
    };

    public static bool TryParse(ReadOnlySpan<char> name, out MessageEncoding encoding)
    {
        encoding = name switch
        {
            "gzip" => MessageEncoding.Gzip,
            "deflate" => MessageEncoding.Deflate,
            _ => MessageEncoding.Identity,
        };
        return encoding != MessageEncoding.Identity || name is "identity";
    }

    /// <summary>Whether a list in <c>grpc-accept-encoding</c> has an encoding.</summary>
    public static bool Accepts(string? list, MessageEncoding encoding)
    {
        ReadOnlySpan<char> names = list;
        string wanted = encoding.Name();
        foreach (Range name in names.Split(','))
        {
            if (names[name].Trim().SequenceEqual(wanted))
            {
                return true;
            }
        }

        return false;
    }
}
