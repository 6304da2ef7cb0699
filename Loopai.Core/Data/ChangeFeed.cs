namespace Loopai.Core.Data;

/// <summary>Tells every instance what changed, within a second of the commit: a seam to the database's own way of saying so.</summary>
public interface IChangeFeed
{
    /// <summary>
    /// The changes from now on. The first item is always <see cref="Change.Everything"/>, and another comes whenever the connection was lost
    /// and changes may have been missed.
    /// </summary>
    IAsyncEnumerable<Change> WatchAsync(CancellationToken ct);
}

/// <param name="Table">The table of the changed row; empty when everything has to be read again.</param>
/// <param name="Id">The row's id; for a program, its task's.</param>
public readonly record struct Change(string Table, Guid Id)
{
    public static readonly Change Everything = new("", Guid.Empty);

    public bool IsEverything => Table.Length == 0;
}
