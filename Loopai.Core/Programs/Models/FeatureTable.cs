namespace Loopai.Core.Programs.Models;

/// <summary>From a feature's key to its place in the model: open addressing, at most half full, 8 bytes a slot.</summary>
internal sealed class FeatureTable
{
    private readonly (uint Key, int Place)[] _slots;
    private readonly int _shift;

    /// <param name="keys">Distinct keys; a key's place is its index.</param>
    public FeatureTable(IReadOnlyList<uint> keys)
    {
        var bits = Math.Max(4, 33 - int.LeadingZeroCount(Math.Max(1, keys.Count)));
        _shift = 32 - bits;
        Count = keys.Count;
        _slots = new (uint, int)[1 << bits];
        Array.Fill(_slots, (0u, -1));
        for (var place = 0; place < keys.Count; place++)
        {
            var slot = Start(keys[place]);
            while (_slots[slot].Place >= 0)
            {
                if (_slots[slot].Key == keys[place])
                {
                    throw new ArgumentException("A feature is listed twice.", nameof(keys));
                }

                slot = (slot + 1) & (_slots.Length - 1);
            }

            _slots[slot] = (keys[place], place);
        }
    }

    public int Count { get; }

    /// <summary>The key's place, or -1 when the model does not know it.</summary>
    public int Find(uint key)
    {
        var slots = _slots;
        var slot = Start(key);
        while (true)
        {
            ref var entry = ref slots[slot];
            if (entry.Key == key || entry.Place < 0)
            {
                return entry.Place;
            }

            slot = (slot + 1) & (slots.Length - 1);
        }
    }

    private int Start(uint key) => (int)(key >> _shift);
}
