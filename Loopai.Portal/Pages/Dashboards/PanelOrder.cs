using Loopai.Core.Analytics.Dashboards;

namespace Loopai.Portal.Pages.Dashboards;

/// <summary>The panels of a board while somebody arranges them.</summary>
public sealed class PanelOrder(IEnumerable<BoardPanel> panels)
{
    private readonly List<BoardPanel> _panels = [.. panels];

    public IReadOnlyList<BoardPanel> All => _panels;

    /// <summary>Puts one before another, or at the end; false where there is nothing to do.</summary>
    public bool Put(string id, string? before)
    {
        if (id == before || _panels.Find(p => p.Id == id) is not { } panel)
        {
            return false;
        }

        _panels.Remove(panel);
        var at = before is null ? -1 : _panels.FindIndex(p => p.Id == before);
        _panels.Insert(at < 0 ? _panels.Count : at, panel);
        return true;
    }

    /// <summary>By so many places, as far as there are any.</summary>
    public void Move(string id, int by)
    {
        var at = _panels.FindIndex(p => p.Id == id);
        var panel = _panels[at];
        _panels.RemoveAt(at);
        _panels.Insert(Math.Clamp(at + by, 0, _panels.Count), panel);
    }

    public void Add(BoardPanel panel) => _panels.Add(panel);

    public void Replace(BoardPanel changed) => _panels[_panels.FindIndex(p => p.Id == changed.Id)] = changed;

    public void Remove(string id) => _panels.RemoveAll(p => p.Id == id);
}
