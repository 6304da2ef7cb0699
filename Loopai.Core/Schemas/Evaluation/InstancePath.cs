using System.Globalization;
using Loopai.Core.Schemas.Values;

namespace Loopai.Core.Schemas.Evaluation;

/// <summary>Where in the instance the explanation stands; becomes text only when there is an error to report.</summary>
internal sealed class InstancePath
{
    public static readonly InstancePath Root = new(null, "");

    private readonly InstancePath? _parent;
    private readonly string _token;

    private InstancePath(InstancePath? parent, string token)
    {
        _parent = parent;
        _token = token;
    }

    public InstancePath Property(ReadOnlySpan<byte> rawName) => new(this, JsonText.Decode(rawName));

    public InstancePath Item(int index) => new(this, index.ToString(CultureInfo.InvariantCulture));

    public string ToPointer()
    {
        var tokens = new Stack<string>();
        for (var step = this; step._parent is not null; step = step._parent)
        {
            tokens.Push(JsonPointer.Escape(step._token));
        }

        return string.Concat(tokens.Select(token => "/" + token));
    }
}
