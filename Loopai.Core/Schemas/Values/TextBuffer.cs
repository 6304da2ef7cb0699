using System.Buffers;

namespace Loopai.Core.Schemas.Values;

/// <summary>Room for a text that is on the stack when it is short, and rented when it is long.</summary>
internal ref struct TextBuffer<T>
    where T : unmanaged
{
    public const int StackLength = 256;

    private T[]? _rented;

    /// <param name="onStack">What the caller put on its stack, of <see cref="StackLength"/>.</param>
    /// <param name="length">The room that is needed.</param>
    public TextBuffer(Span<T> onStack, int length)
    {
        _rented = length <= onStack.Length ? null : ArrayPool<T>.Shared.Rent(length);
        Span = _rented ?? onStack;
    }

    public Span<T> Span { get; }

    public void Dispose()
    {
        if (_rented is { } rented)
        {
            _rented = null;
            ArrayPool<T>.Shared.Return(rented);
        }
    }
}
