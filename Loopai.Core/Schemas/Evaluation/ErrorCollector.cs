namespace Loopai.Core.Schemas.Evaluation;

/// <summary>Gathers errors up to a limit; what comes after is dropped.</summary>
internal sealed class ErrorCollector(int limit)
{
    private readonly List<SchemaError> _errors = [];

    public IReadOnlyList<SchemaError> Errors => _errors;

    public int Count => _errors.Count;

    public bool IsFull => _errors.Count >= limit;

    public void Add(InstancePath path, Keyword keyword, string message) => Add(path, keyword.Pointer, keyword.Name, message);

    public void Add(InstancePath path, string schemaPointer, string keyword, string message)
    {
        if (!IsFull)
        {
            _errors.Add(new SchemaError(path.ToPointer(), schemaPointer, keyword, message));
        }
    }
}
