namespace ModelOperator.Grpc;

/// <summary>Whether a request is gRPC, of messages in protobuf.</summary>
internal static class ContentType
{
    public const string Grpc = "application/grpc";

    public static bool IsGrpc(string? value)
    {
        if (value is null || !value.StartsWith(Grpc, StringComparison.OrdinalIgnoreCase))
        {
            return false;
        }

        ReadOnlySpan<char> rest = value.AsSpan(Grpc.Length);
        int parameters = rest.IndexOf(';');
        ReadOnlySpan<char> subtype = (parameters < 0 ? rest : rest[..parameters]).TrimEnd(' ');
        return subtype.IsEmpty || subtype.Equals("+proto", StringComparison.OrdinalIgnoreCase);
    }
}
