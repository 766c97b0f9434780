using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;

namespace ModelOperator.Kubernetes.Tests.Runtime;

/// <summary>Keeps what is logged, with the exception if there was one.</summary>
internal sealed class RecordingLogger<T> : ILogger<T>
{
    public ConcurrentQueue<(LogLevel Level, string Text, Exception? Exception)> Written { get; } = new();

    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    public bool IsEnabled(LogLevel logLevel) => true;

    public void Log<TState>(
        LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
        Written.Enqueue((logLevel, formatter(state, exception), exception));
}
