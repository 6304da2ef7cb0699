namespace Loopai.Core.Analytics;

/// <summary>What databases do with histograms in queries.</summary>
public static class Histograms
{
    /// <summary>
    /// Encoded histograms one after the other, with <see cref="Executions.LatencyHistogram.Separator"/> between them, so that their sum is read in one piece: no database can add them, but
    /// one value for each point of a line comes a good deal faster than one for each row. Stands for SQL, and cannot be called.
    /// </summary>
    public static byte[] Joined(IEnumerable<byte[]> encoded) => throw new InvalidOperationException($"{encoded} can be joined in a query only.");
}
