namespace Loopai.Core.Errors;

/// <summary>Collects every field error of a request, so that a caller sees all of them at once.</summary>
public sealed class FieldErrors
{
    private readonly Dictionary<string, List<string>> _errors = [];

    public bool Any => _errors.Count > 0;

    public FieldErrors Add(string field, string message)
    {
        if (!_errors.TryGetValue(field, out var messages))
        {
            _errors[field] = messages = [];
        }

        messages.Add(message);
        return this;
    }

    public FieldErrors AddIf(bool wrong, string field, string message) => wrong ? Add(field, message) : this;

    public IReadOnlyDictionary<string, string[]> ToDictionary() => _errors.ToDictionary(e => e.Key, e => e.Value.ToArray());

    /// <summary>Throws when anything was collected.</summary>
    public void ThrowIfAny(string code, string summary)
    {
        if (Any)
        {
            throw new InvalidException(code, summary, ToDictionary());
        }
    }
}
