namespace ModelOperator.Router.Feedback;

/// <summary>Whether another router has counted is not known; the message is for the client, who may ask again.</summary>
internal sealed class PeerException(string message, Exception? inner = null) : Exception(message, inner);
