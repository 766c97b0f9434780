using Google.Protobuf;
using Grpc.Core;
using ModelOperator.Protocol.Grpc;

namespace ModelOperator.Server.Serving.Grpc;

/// <summary>How messages become objects and back.</summary>
internal static class MessageMarshallers
{
    /// <summary>
    /// A message as it is, copied once to where its tensors lie as the model needs them. The garbage collector takes what the library does
    /// not hand to a method.
    /// </summary>
    public static readonly Marshaller<MessageBuffer> Request = Marshallers.Create<MessageBuffer>(
        (_, _) => throw new NotSupportedException("requests are only read"),
        context => MessageBuffer.Copy(context.PayloadAsReadOnlySequence()));

    /// <summary>A message written from where its tensors lie; that is the only copy made of them.</summary>
    public static readonly Marshaller<IMessageContent> Response = Marshallers.Create<IMessageContent>(
        Write, _ => throw new NotSupportedException("responses are only written"));

    /// <summary>A message of Google.Protobuf.</summary>
    public static Marshaller<T> Of<T>(MessageParser<T> parser)
        where T : class, IMessage<T> =>
            Marshallers.Create<T>((message, context) => Write(new ProtobufContent(message), context), context => Parse(parser, context));

    private static void Write(IMessageContent content, SerializationContext context)
    {
        if (content.Size > int.MaxValue)
        {
            throw new RpcException(new Status(
                StatusCode.ResourceExhausted, $"the answer is {content.Size} bytes long, the limit is {int.MaxValue}"));
        }

        context.SetPayloadLength((int)content.Size);
        content.Write(context.GetBufferWriter());
        context.Complete();
    }

    private static T Parse<T>(MessageParser<T> parser, DeserializationContext context)
        where T : class, IMessage<T>
    {
        try
        {
            return parser.ParseFrom(context.PayloadAsReadOnlySequence());
        }
        catch (InvalidProtocolBufferException e)
        {
            throw new RpcException(new Status(StatusCode.Internal, $"a message is not what the method takes: {e.Message}", e));
        }
    }
}
