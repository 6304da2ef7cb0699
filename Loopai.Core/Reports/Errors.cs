using Loopai.Core.Errors;

namespace Loopai.Core.Reports;

internal static class ReportErrors
{
    public static NotFoundException NotFound(Guid id) => new("report.not_found", $"There is no report {id} in this environment.");

    public static NotFoundException VersionNotFound(int version) => new("report.version_not_found", $"The report has no version {version}.");

    public static NotFoundException ScheduleNotFound(Guid id) => new("report_schedule.not_found", $"The report has no schedule {id}.");

    public static NotFoundException RunNotFound(Guid id) => new("report_run.not_found", $"There is no run {id} in this environment.");

    public static NotFoundException FileNotFound() => new("report_file.not_found", "There is no such file. Files are kept for a time; run the report again.");

    public static NotFoundException DeliveryNotFound(Guid id) => new("report_delivery.not_found", $"The run has no delivery {id}.");

    public static ChangedMeanwhileException ChangedMeanwhile() =>
        new("report.changed_meanwhile", "Somebody else changed this report since you read it. Read it again and repeat your change.");

    public static ConflictException TooMany(int most) => new("report.too_many", $"This environment has {most} reports, which is the most there can be. Delete one that nobody reads.");

    public static ConflictException TooManySchedules(int most) => new("report_schedule.too_many", $"A report has at most {most} schedules. Change one of them, or delete it.");

    public static ConflictException NothingToRetry() => new("report_run.not_failed", "Only a run that has failed can be tried again. Start another one.");

    public static ConflictException NotUnderWay() => new("report_run.over", "This run is over.");

    public static ConflictException NotWaiting() => new("report_delivery.not_stuck", "This was delivered, or still is on its way. Only what failed or is uncertain can be sent again.");
}
