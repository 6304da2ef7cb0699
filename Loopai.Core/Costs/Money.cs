namespace Loopai.Core.Costs;

/// <summary>What decimal amounts need beside arithmetic.</summary>
public static class Money
{
    /// <summary>Places after the point that the ledger keeps: a microsecond of a processor costs 10⁻¹¹ of a unit.</summary>
    public const int Places = 12;

    /// <summary>To the places of the ledger, half to even, so that roundings do not add up to one side.</summary>
    public static decimal Round(decimal amount) => decimal.Round(amount, Places, MidpointRounding.ToEven);

    /// <summary>
    /// Splits an amount by weights into parts that add up to it exactly (the method of the largest remainder, A. Hamilton 1792): each gets its share rounded
    /// towards nothing, and the smallest units that are left go to those that lost most. 100.00 by 1, 1, 1: 33.34, 33.33, 33.33.
    /// </summary>
    /// <param name="amount">What is split.</param>
    /// <param name="weights">None negative; all nothing splits evenly.</param>
    /// <param name="places">The smallest unit's places after the point.</param>
    public static IReadOnlyList<decimal> Share(decimal amount, IReadOnlyList<decimal> weights, int places)
    {
        if (weights.Count == 0)
        {
            return [];
        }

        var sum = weights.Sum();
        var (parts, lost) = (new decimal[weights.Count], new decimal[weights.Count]);
        for (var i = 0; i < parts.Length; i++)
        {
            var exact = sum > 0 ? amount * (weights[i] / sum) : amount / weights.Count;
            parts[i] = decimal.Round(exact, places, MidpointRounding.ToZero);
            lost[i] = Math.Abs(exact - parts[i]);
        }

        var unit = 1m;
        for (var i = 0; i < places; i++)
        {
            unit /= 10;
        }

        var left = amount - parts.Sum();
        foreach (var i in Enumerable.Range(0, parts.Length).OrderByDescending(i => lost[i]).ThenBy(i => i))
        {
            if (Math.Abs(left) < unit)
            {
                break;
            }

            parts[i] += Math.Sign(left) * unit;
            left -= Math.Sign(left) * unit;
        }

        // What is finer than the unit, where the amount itself is: to the largest, whose share it changes least.
        parts[Array.IndexOf(parts, parts.Max())] += left;
        return parts;
    }
}
