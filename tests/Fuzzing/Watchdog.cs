using System.Globalization;

namespace ModelOperator.Fuzzing;

/// <summary>Ends the process when an input takes too long, leaving it as a finding.</summary>
internal sealed class Watchdog : IDisposable
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(10);

    private readonly string _folder;
    private readonly Timer _timer;
    private byte[] _input = [];
    private long _number;
    private long _last = -1;

    public Watchdog(string folder)
    {
        _folder = folder;
        _timer = new Timer(_ => Look(), null, Limit, Limit);
    }

    public void Begin(byte[] input)
    {
        Volatile.Write(ref _input, input);
        Volatile.Write(ref _number, _number + 1);
    }

    public void Dispose() => _timer.Dispose();

    private void Look()
    {
        long number = Volatile.Read(ref _number);
        if (Interlocked.Exchange(ref _last, number) != number)
        {
            return;
        }

        Directory.CreateDirectory(_folder);
        string path = Path.Combine(_folder, $"hang-{number.ToString(CultureInfo.InvariantCulture)}");
        File.WriteAllBytes(path, Volatile.Read(ref _input));
        Console.WriteLine($"FINDING: an input takes longer than {Limit.TotalSeconds} s; it is in {path}");
        Environment.Exit(1);
    }
}
