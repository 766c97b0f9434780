namespace ModelOperator.Cli.Simulate;

/// <summary>Shares requests out as the router does: of each 100 exactly the weight goes to the canary, in random order.</summary>
internal sealed class PermutedBlocks(Draw draw)
{
    private const int Size = 100;

    private int _weight;
    private int _left;
    private int _canaryLeft;

    /// <summary>How many of the next requests the canary gets.</summary>
    public int Next(int requests, int weight)
    {
        if (weight != _weight)
        {
            (_weight, _left) = (weight, 0);
        }

        int canary = 0;
        while (requests > 0)
        {
            if (_left == 0)
            {
                (_left, _canaryLeft) = (Size, _weight);
            }

            if (requests >= _left)
            {
                canary += _canaryLeft;
                requests -= _left;
                _left = 0;
            }
            else
            {
                bool isCanary = draw.Below(_left--) < _canaryLeft;
                _canaryLeft -= isCanary ? 1 : 0;
                canary += isCanary ? 1 : 0;
                requests--;
            }
        }

        return canary;
    }
}
