using System.Diagnostics.CodeAnalysis;

namespace Loopai.Core.Schemas.Values;

/// <summary>Finds what a schema says of a name from the name's raw JSON bytes, without making a string.</summary>
internal sealed class Utf8NameMap<T>
{
    // Comparing lengths and bytes beats hashing for the handful of names that most schemas have.
    private const int LinearLimit = 6;

    private readonly (byte[] Name, T Value)[] _entries;
    private readonly Dictionary<byte[], T>.AlternateLookup<ReadOnlySpan<byte>>? _lookup;

    /// <param name="entries">The names with their escapes resolved; a name that comes twice counts once, with its last value.</param>
    public Utf8NameMap(IEnumerable<(byte[] Name, T Value)> entries)
    {
        var map = new Dictionary<byte[], T>(Utf8Comparer.Instance);
        foreach (var (name, value) in entries)
        {
            map[name] = value;
        }

        _entries = [.. map.Select(entry => (entry.Key, entry.Value))];
        _lookup = map.Count > LinearLimit ? map.GetAlternateLookup<ReadOnlySpan<byte>>() : null;
    }

    public int Count => _entries.Length;

    /// <param name="raw">The name or text as it stands in the document.</param>
    /// <param name="value">What belongs to it.</param>
    public bool TryGet(ReadOnlySpan<byte> raw, [MaybeNullWhen(false)] out T value)
    {
        if (!JsonText.HasEscapes(raw))
        {
            return TryGetPlain(raw, out value);
        }

        using var buffer = new TextBuffer<byte>(stackalloc byte[TextBuffer<byte>.StackLength], raw.Length);
        return TryGetPlain(buffer.Span[..JsonText.Unescape(raw, buffer.Span)], out value);
    }

    private bool TryGetPlain(ReadOnlySpan<byte> name, [MaybeNullWhen(false)] out T value)
    {
        if (_lookup is { } lookup)
        {
            return lookup.TryGetValue(name, out value);
        }

        foreach (ref readonly var entry in _entries.AsSpan())
        {
            if (name.SequenceEqual(entry.Name))
            {
                value = entry.Value;
                return true;
            }
        }

        value = default;
        return false;
    }
}

/// <summary>Compares UTF-8 texts; hashes are seeded per process, so that nobody can prepare names that collide.</summary>
internal sealed class Utf8Comparer : IEqualityComparer<byte[]>, IAlternateEqualityComparer<ReadOnlySpan<byte>, byte[]>
{
    public static readonly Utf8Comparer Instance = new();

    public bool Equals(byte[]? x, byte[]? y) => x.AsSpan().SequenceEqual(y);

    public bool Equals(ReadOnlySpan<byte> alternate, byte[] other) => alternate.SequenceEqual(other);

    public int GetHashCode(byte[] text) => GetHashCode(text.AsSpan());

    public int GetHashCode(ReadOnlySpan<byte> text)
    {
        var hash = new HashCode();
        hash.AddBytes(text);
        return hash.ToHashCode();
    }

    public byte[] Create(ReadOnlySpan<byte> alternate) => alternate.ToArray();
}
