using Loopai.Core.Data;

namespace Loopai.Core.Executions;

/// <summary>
/// A note of executions that are committed and not in the roll-ups yet, one for each commit and organization. Whoever counts them deletes the note in the same
/// transaction, so that they are counted once, by their writer or, where that has ended, by <see cref="UncountedWorker"/>.
/// </summary>
public sealed class UncountedCommit : ITenantOwned
{
    public required Guid Id { get; init; }

    public required Guid OrganizationId { get; init; }

    /// <summary>By the clock of the database.</summary>
    public DateTimeOffset CommittedAt { get; init; }

    /// <summary>The ids, 16 bytes each, in the order of their hexadecimal form.</summary>
    public required byte[] ExecutionIds { get; init; }

    /// <summary>The notes of one commit.</summary>
    public static IReadOnlyList<UncountedCommit> Of(IEnumerable<Execution> executions) =>
    [
        .. executions.GroupBy(e => e.OrganizationId).Select(of => new UncountedCommit
        {
            Id = Guid.CreateVersion7(), OrganizationId = of.Key, ExecutionIds = Packed([.. of.Select(e => e.Id)]),
        }),
    ];

    /// <summary>The ids, each for itself.</summary>
    public IEnumerable<Guid> Ids() => ExecutionIds.Chunk(16).Select(bytes => new Guid(bytes, bigEndian: true));

    private static byte[] Packed(IReadOnlyList<Guid> ids)
    {
        var bytes = new byte[ids.Count * 16];
        for (var i = 0; i < ids.Count; i++)
        {
            ids[i].TryWriteBytes(bytes.AsSpan(i * 16), bigEndian: true, out _);
        }

        return bytes;
    }
}
