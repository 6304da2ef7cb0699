using Loopai.Core.Validation;

namespace Loopai.Portal.Pages.Review;

/// <summary>The reviewer's part of the queue: what was fetched ahead, where the reviewer is in it, and what can be taken back.</summary>
public sealed class ReviewQueue
{
    private readonly List<ValidationDetail> _items = [];
    private readonly HashSet<Guid> _seen = [];
    private readonly Stack<ValidationDetail> _decided = new();
    private int _index;

    /// <summary>How many wait for a person, as far as is known here.</summary>
    public int Waiting { get; private set; }

    /// <summary>How many were decided since the queue was opened.</summary>
    public int Decided => _decided.Count;

    public ValidationDetail? Current => _index < _items.Count ? _items[_index] : null;

    public bool CanUndo => _decided.Count > 0;

    public bool HasNext => _index + 1 < _items.Count;

    public bool HasPrevious => _index > 0;

    /// <summary>Items that lie ahead of the current one.</summary>
    public int Ahead => Math.Max(0, _items.Count - _index - 1);

    /// <summary>Takes what was fetched; what is here or was decided already is not taken twice.</summary>
    public void Add(IEnumerable<ValidationDetail> fetched) => _items.AddRange(fetched.Where(one => _seen.Add(one.Validation.Id)));

    public void Count(int waiting) => Waiting = Math.Max(waiting, _items.Count);

    public void Next() => _index = HasNext ? _index + 1 : _index;

    public void Previous() => _index = HasPrevious ? _index - 1 : _index;

    /// <summary>Takes the current one out, as decided; the next one is current.</summary>
    public ValidationDetail? Decide()
    {
        if (Current is not { } current)
        {
            return null;
        }

        Remove(current);
        _decided.Push(current);
        return current;
    }

    /// <summary>The decision did not hold: the item waits again, before what is current.</summary>
    public void PutBack(ValidationDetail item)
    {
        Forget(item);
        _items.Insert(Math.Min(_index, _items.Count), item);
        Waiting++;
    }

    /// <summary>Somebody else decided it: it is gone, and not ours to take back.</summary>
    public void Forget(ValidationDetail item)
    {
        var kept = _decided.Where(one => one.Validation.Id != item.Validation.Id).Reverse().ToList();
        _decided.Clear();
        kept.ForEach(_decided.Push);
    }

    /// <summary>The last decision that can be taken back.</summary>
    public ValidationDetail? LastDecided => _decided.TryPeek(out var last) ? last : null;

    private void Remove(ValidationDetail item)
    {
        _items.Remove(item);
        _index = Math.Min(_index, Math.Max(0, _items.Count - 1));
        Waiting = Math.Max(0, Waiting - 1);
    }
}
