using System.Buffers.Text;

namespace ModelOperator.Protocol.Grpc;

/// <summary>
/// Reads entries of "parameters" maps. Unknown parameters mean nothing to this server, as the protocol allows; known ones that ask for what
/// it does not do are refused rather than ignored.
/// </summary>
internal static class ParameterReader
{
    /// <summary>A year; what is longer is a mistake.</summary>
    private const ulong MaxTimeoutMicroseconds = 366UL * 24 * 60 * 60 * 1_000_000;

    public static void ReadOfRequest(ReadOnlySpan<byte> message, ProtoRange entry, InferParameters parameters, ref bool typedOutputs)
    {
        Parameter parameter = Parameter.Read(message, entry);
        switch (parameter.Name)
        {
            case "priority":
                parameters.Priority = parameter.Whole(ulong.MaxValue);
                break;
            case "timeout":
                ulong microseconds = parameter.Whole(MaxTimeoutMicroseconds);
                parameters.Timeout = microseconds == 0 ? null : TimeSpan.FromMicroseconds(microseconds);
                break;
            case "binary_data_output":
                // Raw bytes are the rule of gRPC; who switches them off wants to read the answer.
                parameters.BinaryDataOutput = parameter.Bool();
                typedOutputs = !parameters.BinaryDataOutput;
                break;
            case "sequence_id" when !parameter.IsNothing:
            case "sequence_start" or "sequence_end" when parameter.Bool():
                throw new ProtocolException(
                    $"parameters: {parameter.Name} makes the request one of a sequence, "
                    + "but the models of this server keep no state between requests");
        }
    }

    public static void ReadOfInput(ReadOnlySpan<byte> message, ProtoRange entry, string input) =>
        RefuseSharedMemory(Parameter.Read(message, entry), input);

    public static void ReadOfOutput(ReadOnlySpan<byte> message, ProtoRange entry, string output, ref bool? binary, ref int classification)
    {
        Parameter parameter = Parameter.Read(message, entry);
        switch (parameter.Name)
        {
            case "classification":
                classification = (int)parameter.Whole(int.MaxValue);
                break;
            case "binary_data":
                binary = parameter.Bool();
                break;
            default:
                RefuseSharedMemory(parameter, output);
                break;
        }
    }

    private static void RefuseSharedMemory(in Parameter parameter, string tensor)
    {
        if (parameter.Name == "shared_memory_region")
        {
            throw new ProtocolException(
                $"{tensor}: shared_memory_region is an extension that this server does not have: send and ask for tensors in the messages");
        }
    }

    /// <summary>An entry of the map: a name and one value.</summary>
    private readonly ref struct Parameter(string name, int choice, ulong number, ReadOnlySpan<byte> text)
    {
        private const int BoolChoice = 1;
        private const int Int64Choice = 2;
        private const int StringChoice = 3;
        private const int DoubleChoice = 4;
        private const int UInt64Choice = 5;

        private readonly ReadOnlySpan<byte> _text = text;

        public string Name => name;

        /// <summary>Clients that know sequences send 0 or an empty text where there is none.</summary>
        public bool IsNothing => choice == StringChoice ? _text.IsEmpty : number == 0;

        public static Parameter Read(ReadOnlySpan<byte> message, ProtoRange entry)
        {
            string name = "";
            int choice = 0;
            ulong number = 0;
            ReadOnlySpan<byte> text = default;
            ProtoReader reader = new(message, entry);
            while (reader.Next())
            {
                if (reader.Field == 1)
                {
                    name = NameCache.Get(reader.Bytes(reader.ReadRange()), "the name of a parameter");
                }
                else if (reader.Field == 2)
                {
                    ProtoReader value = new(message, reader.ReadRange());
                    while (value.Next())
                    {
                        ReadValue(ref value, ref choice, ref number, ref text);
                    }
                }
                else
                {
                    reader.Skip();
                }
            }

            return new Parameter(name, choice, number, text);
        }

        public bool Bool() => choice switch
        {
            BoolChoice => number != 0,
            _ => throw Wrong("a bool_param"),
        };

        public ulong Whole(ulong most)
        {
            bool whole = choice is Int64Choice or UInt64Choice;
            ulong value = number;
            if (choice == StringChoice)
            {
                whole = Utf8Parser.TryParse(_text, out value, out int consumed) && consumed == _text.Length;
            }

            return whole && (choice != Int64Choice || (long)value >= 0) && value <= most
                ? value
                : throw Wrong($"a whole number from 0 to {most}");
        }

        private static void ReadValue(ref ProtoReader value, ref int choice, ref ulong number, ref ReadOnlySpan<byte> text)
        {
            switch (value.Field)
            {
                case BoolChoice or Int64Choice or UInt64Choice:
                    number = value.ReadNumber();
                    break;
                case StringChoice:
                    text = value.Bytes(value.ReadRange());
                    break;
                case DoubleChoice:
                    number = value.ReadFixed64();
                    break;
                default:
                    value.Skip();
                    return;
            }

            choice = value.Field;
        }

        private ProtocolException Wrong(string expected) => new($"parameters: {name} is not {expected}");
    }
}
