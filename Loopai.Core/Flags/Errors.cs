using Loopai.Core.Errors;

namespace Loopai.Core.Flags;

internal static class FlagErrors
{
    public static NotFoundException NotFound(Guid id) => new("flag.not_found", $"There is no flag {id} in this organization.");

    public static NotFoundException EnvironmentNotFound(string key) => new("environment.not_found", $"There is no environment '{key}' in this organization.");

    public static ConflictException KeyTaken(string key) =>
        new("flag.key_taken", $"There is a flag '{key}' already, or an archived one that programs may still know. Choose another key.");

    public static ConflictException Archived(string key) => new("flag.archived", $"The flag '{key}' is archived. Restore it before you change it.");

    public static LimitExceededException TooMany(int most) => new("flag.too_many", $"An organization has at most {most} flags. Archive some that no program asks for.");

    public static ChangedMeanwhileException ChangedMeanwhile() =>
        new("flag.changed_meanwhile", "Somebody else changed this flag since you read it. Read it again and repeat your change.");

    public static ConflictException VariationInUse(string variation, string environment) =>
        new("flag.variation_in_use", $"The variation '{variation}' is answered in {environment}. Take it out of the rules there before you remove it.");
}
