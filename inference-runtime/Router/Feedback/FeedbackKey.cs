using System.Buffers.Binary;
using System.Globalization;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text;
using ModelOperator.Protocol;

namespace ModelOperator.Router.Feedback;

/// <summary>An id of one model's, in sixteen bytes whatever its length, the same on every router.</summary>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct FeedbackKey(UInt128 Value)
{
    public static FeedbackKey Of(string model, string id)
    {
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(Encoding.UTF8.GetBytes($"{model}\n{id}"), hash);
        return new FeedbackKey(BinaryPrimitives.ReadUInt128LittleEndian(hash));
    }

    public static bool TryParse(string? text, out FeedbackKey key)
    {
        bool read = UInt128.TryParse(text, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out UInt128 value);
        key = new FeedbackKey(value);
        return read && text!.Length == 32;
    }

    /// <summary>How much this id belongs to somebody of that name: it is kept by whom it belongs to most.</summary>
    public ulong Affinity(string name) => new SipHash((ulong)Value, (ulong)(Value >> 64)).Of(name);

    public override string ToString() => Value.ToString("x32", CultureInfo.InvariantCulture);
}
