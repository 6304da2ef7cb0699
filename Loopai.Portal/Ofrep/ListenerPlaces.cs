namespace Loopai.Portal.Ofrep;

/// <summary>How many listen on this instance. The address of a stream is as public as a web page, so that one organization's visitors must not take everybody's places.</summary>
internal sealed class ListenerPlaces(int most, int mostOfOne)
{
    private readonly Lock _lock = new();
    private readonly Dictionary<Guid, int> _byOrganization = [];
    private int _all;

    /// <summary>Takes a place; false when there is none.</summary>
    public bool TryEnter(Guid organizationId)
    {
        lock (_lock)
        {
            var mine = _byOrganization.GetValueOrDefault(organizationId);
            if (_all >= most || mine >= mostOfOne)
            {
                return false;
            }

            _byOrganization[organizationId] = mine + 1;
            _all++;
            return true;
        }
    }

    /// <summary>Gives the place back.</summary>
    public void Leave(Guid organizationId)
    {
        lock (_lock)
        {
            _all--;
            if (--_byOrganization[organizationId] == 0)
            {
                _byOrganization.Remove(organizationId);
            }
        }
    }
}
