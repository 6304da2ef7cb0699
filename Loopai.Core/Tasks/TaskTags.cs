using System.Collections;
using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.RegularExpressions;
using Loopai.Core.Errors;

namespace Loopai.Core.Tasks;

/// <summary>
/// The tags of a task: small words such as <c>mail</c> or <c>team:billing</c>, by which tasks are found and costs added up. They are lower-case, each is there once,
/// in alphabetical order, so that equal tags are equal lists.
/// </summary>
[JsonConverter(typeof(TaskTagsJson))]
public sealed partial class TaskTags : IReadOnlyList<string>, IEquatable<TaskTags>
{
    /// <summary>A task has so many at most.</summary>
    public const int Most = 20;

    public const int MaxLength = 50;

    public static readonly TaskTags None = new([]);

    private readonly string[] _tags;

    public TaskTags(IEnumerable<string?> tags) =>
        _tags = [.. tags.Select(t => t?.Trim().ToLowerInvariant() ?? "").Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)];

    public int Count => _tags.Length;

    public string this[int index] => _tags[index];

    /// <summary>From what a person types into one field, between commas.</summary>
    public static TaskTags Parse(string text) => new(text.Split(',').Where(t => !string.IsNullOrWhiteSpace(t)));

    public bool Equals(TaskTags? other) => other is not null && _tags.SequenceEqual(other._tags, StringComparer.Ordinal);

    public override bool Equals(object? obj) => Equals(obj as TaskTags);

    public override int GetHashCode() => _tags.Aggregate(_tags.Length, (hash, tag) => HashCode.Combine(hash, tag));

    public override string ToString() => string.Join(", ", _tags);

    public IEnumerator<string> GetEnumerator() => ((IEnumerable<string>)_tags).GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => _tags.GetEnumerator();

    internal void Validate(FieldErrors errors)
    {
        errors.AddIf(Count > Most, "tags", $"A task has {Most} tags at most; these are {Count}.");
        foreach (var tag in _tags.Where(t => t.Length > MaxLength || !Word().IsMatch(t)))
        {
            errors.Add("tags", $"'{tag}' is no tag: letters, digits, and - _ . : / between them, {MaxLength} characters at most.");
        }
    }

    [GeneratedRegex(@"^[\p{L}\p{N}]([\p{L}\p{N}\-_.:/]*[\p{L}\p{N}])?$", RegexOptions.CultureInvariant | RegexOptions.NonBacktracking)]
    private static partial Regex Word();
}

/// <summary>As a list of words.</summary>
internal sealed class TaskTagsJson : JsonConverter<TaskTags>
{
    public override TaskTags Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        new(JsonSerializer.Deserialize<List<string?>>(ref reader, options) ?? []);

    public override void Write(Utf8JsonWriter writer, TaskTags value, JsonSerializerOptions options) => JsonSerializer.Serialize(writer, value.ToArray(), options);
}
