namespace ModelOperator.Grpc;

/// <summary>Memory for messages, that all calls share.</summary>
public interface IMessageBudget
{
    /// <summary>Called before memory for a message is rented. Giving it back is the business of who reads the message.</summary>
    /// <exception cref="Exception">There is no room; it ends the reading of the message.</exception>
    void Reserve(long bytes);
}
