using System;
using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace Loopai.Infrastructure.SqlServer.Migrations
{
    /// <inheritdoc />
    public partial class AddPluginRegistry : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.CreateTable(
                name: "plugin_review_replies",
                columns: table => new
                {
                    review_id = table.Column<Guid>(type: "uniqueidentifier", nullable: false),
                    organization_id = table.Column<Guid>(type: "uniqueidentifier", nullable: false),
                    plugin_id = table.Column<Guid>(type: "uniqueidentifier", nullable: false),
                    is_public = table.Column<bool>(type: "bit", nullable: false),
                    text = table.Column<string>(type: "nvarchar(2000)", maxLength: 2000, nullable: false),
                    updated_at = table.Column<DateTimeOffset>(type: "datetimeoffset", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_plugin_review_replies", x => x.review_id);
                });

            migrationBuilder.CreateTable(
                name: "plugin_review_reports",
                columns: table => new
                {
                    id = table.Column<Guid>(type: "uniqueidentifier", nullable: false),
                    organization_id = table.Column<Guid>(type: "uniqueidentifier", nullable: false),
                    review_id = table.Column<Guid>(type: "uniqueidentifier", nullable: false),
                    reason = table.Column<string>(type: "nvarchar(500)", maxLength: 500, nullable: false),
                    at = table.Column<DateTimeOffset>(type: "datetimeoffset", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_plugin_review_reports", x => x.id);
                });

            migrationBuilder.CreateTable(
                name: "plugin_reviews",
                columns: table => new
                {
                    id = table.Column<Guid>(type: "uniqueidentifier", nullable: false),
                    organization_id = table.Column<Guid>(type: "uniqueidentifier", nullable: false),
                    plugin_id = table.Column<Guid>(type: "uniqueidentifier", nullable: false),
                    is_public = table.Column<bool>(type: "bit", nullable: false),
                    stars = table.Column<int>(type: "int", nullable: false),
                    text = table.Column<string>(type: "nvarchar(2000)", maxLength: 2000, nullable: true),
                    version = table.Column<string>(type: "nvarchar(64)", maxLength: 64, nullable: false),
                    created_at = table.Column<DateTimeOffset>(type: "datetimeoffset", nullable: false),
                    updated_at = table.Column<DateTimeOffset>(type: "datetimeoffset", nullable: false),
                    hidden_at = table.Column<DateTimeOffset>(type: "datetimeoffset", nullable: true)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_plugin_reviews", x => x.id);
                });

            migrationBuilder.CreateTable(
                name: "publishers",
                columns: table => new
                {
                    id = table.Column<Guid>(type: "uniqueidentifier", nullable: false),
                    organization_id = table.Column<Guid>(type: "uniqueidentifier", nullable: false),
                    name = table.Column<string>(type: "nvarchar(40)", maxLength: 40, nullable: false),
                    skeleton = table.Column<string>(type: "nvarchar(40)", maxLength: 40, nullable: false),
                    display_name = table.Column<string>(type: "nvarchar(100)", maxLength: 100, nullable: false),
                    description = table.Column<string>(type: "nvarchar(500)", maxLength: 500, nullable: true),
                    website = table.Column<string>(type: "nvarchar(500)", maxLength: 500, nullable: true),
                    is_public = table.Column<bool>(type: "bit", nullable: false),
                    verified_domain = table.Column<string>(type: "nvarchar(253)", maxLength: 253, nullable: true),
                    verified_at = table.Column<DateTimeOffset>(type: "datetimeoffset", nullable: true),
                    verified_by = table.Column<string>(type: "nvarchar(16)", maxLength: 16, nullable: true),
                    verified_until = table.Column<DateTimeOffset>(type: "datetimeoffset", nullable: true),
                    offered_to_id = table.Column<Guid>(type: "uniqueidentifier", nullable: true),
                    offered_at = table.Column<DateTimeOffset>(type: "datetimeoffset", nullable: true),
                    revision = table.Column<int>(type: "int", nullable: false),
                    created_at = table.Column<DateTimeOffset>(type: "datetimeoffset", nullable: false),
                    created_by = table.Column<string>(type: "nvarchar(200)", maxLength: 200, nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_publishers", x => x.id);
                });

            migrationBuilder.CreateTable(
                name: "taken_plugin_names",
                columns: table => new
                {
                    name = table.Column<string>(type: "nvarchar(101)", maxLength: 101, nullable: false),
                    organization_id = table.Column<Guid>(type: "uniqueidentifier", nullable: false),
                    taken_at = table.Column<DateTimeOffset>(type: "datetimeoffset", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_taken_plugin_names", x => x.name);
                });

            migrationBuilder.CreateTable(
                name: "plugins",
                columns: table => new
                {
                    id = table.Column<Guid>(type: "uniqueidentifier", nullable: false),
                    organization_id = table.Column<Guid>(type: "uniqueidentifier", nullable: false),
                    publisher_id = table.Column<Guid>(type: "uniqueidentifier", nullable: false),
                    key = table.Column<string>(type: "nvarchar(101)", maxLength: 101, nullable: false),
                    name = table.Column<string>(type: "nvarchar(60)", maxLength: 60, nullable: false),
                    kind = table.Column<string>(type: "nvarchar(16)", maxLength: 16, nullable: false),
                    is_public = table.Column<bool>(type: "bit", nullable: false),
                    display_name = table.Column<string>(type: "nvarchar(200)", maxLength: 200, nullable: false),
                    description = table.Column<string>(type: "nvarchar(200)", maxLength: 200, nullable: false),
                    categories = table.Column<string>(type: "nvarchar(max)", nullable: false),
                    keywords = table.Column<string>(type: "nvarchar(max)", nullable: false),
                    capabilities = table.Column<string>(type: "nvarchar(max)", nullable: false),
                    has_icon = table.Column<bool>(type: "bit", nullable: false),
                    latest_version = table.Column<string>(type: "nvarchar(64)", maxLength: 64, nullable: true),
                    latest_version_id = table.Column<Guid>(type: "uniqueidentifier", nullable: true),
                    published_at = table.Column<DateTimeOffset>(type: "datetimeoffset", nullable: false),
                    deprecated_at = table.Column<DateTimeOffset>(type: "datetimeoffset", nullable: true),
                    deprecation_message = table.Column<string>(type: "nvarchar(500)", maxLength: 500, nullable: true),
                    replacement = table.Column<string>(type: "nvarchar(101)", maxLength: 101, nullable: true),
                    removed_at = table.Column<DateTimeOffset>(type: "datetimeoffset", nullable: true),
                    ratings = table.Column<int>(type: "int", nullable: false),
                    stars = table.Column<int>(type: "int", nullable: false),
                    installs = table.Column<int>(type: "int", nullable: false),
                    active_installs = table.Column<int>(type: "int", nullable: false),
                    revision = table.Column<int>(type: "int", nullable: false),
                    created_at = table.Column<DateTimeOffset>(type: "datetimeoffset", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_plugins", x => x.id);
                    table.ForeignKey(
                        name: "fk_plugins_publishers_publisher_id",
                        column: x => x.publisher_id,
                        principalTable: "publishers",
                        principalColumn: "id",
                        onDelete: ReferentialAction.Restrict);
                });

            migrationBuilder.CreateTable(
                name: "publisher_members",
                columns: table => new
                {
                    publisher_id = table.Column<Guid>(type: "uniqueidentifier", nullable: false),
                    user_id = table.Column<Guid>(type: "uniqueidentifier", nullable: false),
                    organization_id = table.Column<Guid>(type: "uniqueidentifier", nullable: false),
                    role = table.Column<string>(type: "nvarchar(16)", maxLength: 16, nullable: false),
                    added_at = table.Column<DateTimeOffset>(type: "datetimeoffset", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_publisher_members", x => new { x.publisher_id, x.user_id });
                    table.ForeignKey(
                        name: "fk_publisher_members_publishers_publisher_id",
                        column: x => x.publisher_id,
                        principalTable: "publishers",
                        principalColumn: "id",
                        onDelete: ReferentialAction.Restrict);
                });

            migrationBuilder.CreateTable(
                name: "publisher_proofs",
                columns: table => new
                {
                    publisher_id = table.Column<Guid>(type: "uniqueidentifier", nullable: false),
                    organization_id = table.Column<Guid>(type: "uniqueidentifier", nullable: false),
                    domain = table.Column<string>(type: "nvarchar(253)", maxLength: 253, nullable: false),
                    token = table.Column<string>(type: "nvarchar(64)", maxLength: 64, nullable: false),
                    created_at = table.Column<DateTimeOffset>(type: "datetimeoffset", nullable: false),
                    checked_at = table.Column<DateTimeOffset>(type: "datetimeoffset", nullable: true),
                    failed_checks = table.Column<int>(type: "int", nullable: false),
                    last_failure = table.Column<string>(type: "nvarchar(max)", nullable: true)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_publisher_proofs", x => x.publisher_id);
                    table.ForeignKey(
                        name: "fk_publisher_proofs_publishers_publisher_id",
                        column: x => x.publisher_id,
                        principalTable: "publishers",
                        principalColumn: "id",
                        onDelete: ReferentialAction.Restrict);
                });

            migrationBuilder.CreateTable(
                name: "plugin_versions",
                columns: table => new
                {
                    id = table.Column<Guid>(type: "uniqueidentifier", nullable: false),
                    organization_id = table.Column<Guid>(type: "uniqueidentifier", nullable: false),
                    plugin_id = table.Column<Guid>(type: "uniqueidentifier", nullable: false),
                    version = table.Column<string>(type: "nvarchar(64)", maxLength: 64, nullable: false),
                    is_public = table.Column<bool>(type: "bit", nullable: false),
                    manifest = table.Column<string>(type: "nvarchar(max)", nullable: false),
                    sha256 = table.Column<string>(type: "nvarchar(64)", maxLength: 64, nullable: false),
                    size = table.Column<int>(type: "int", nullable: false),
                    files = table.Column<string>(type: "nvarchar(max)", nullable: false),
                    signature = table.Column<byte[]>(type: "varbinary(max)", nullable: false),
                    signature_key_id = table.Column<string>(type: "nvarchar(64)", maxLength: 64, nullable: false),
                    readme = table.Column<string>(type: "nvarchar(max)", nullable: true),
                    changelog = table.Column<string>(type: "nvarchar(max)", nullable: true),
                    sbom = table.Column<string>(type: "nvarchar(max)", nullable: true),
                    provenance = table.Column<string>(type: "nvarchar(max)", nullable: true),
                    test_results = table.Column<string>(type: "nvarchar(max)", nullable: true),
                    scan_results = table.Column<string>(type: "nvarchar(max)", nullable: true),
                    published_at = table.Column<DateTimeOffset>(type: "datetimeoffset", nullable: false),
                    published_by = table.Column<string>(type: "nvarchar(200)", maxLength: 200, nullable: false),
                    yanked_at = table.Column<DateTimeOffset>(type: "datetimeoffset", nullable: true),
                    yank_reason = table.Column<string>(type: "nvarchar(500)", maxLength: 500, nullable: true)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_plugin_versions", x => x.id);
                    table.ForeignKey(
                        name: "fk_plugin_versions_plugins_plugin_id",
                        column: x => x.plugin_id,
                        principalTable: "plugins",
                        principalColumn: "id",
                        onDelete: ReferentialAction.Restrict);
                });

            migrationBuilder.CreateTable(
                name: "plugin_dependencies",
                columns: table => new
                {
                    plugin_version_id = table.Column<Guid>(type: "uniqueidentifier", nullable: false),
                    key = table.Column<string>(type: "nvarchar(101)", maxLength: 101, nullable: false),
                    organization_id = table.Column<Guid>(type: "uniqueidentifier", nullable: false),
                    is_public = table.Column<bool>(type: "bit", nullable: false),
                    range = table.Column<string>(type: "nvarchar(256)", maxLength: 256, nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_plugin_dependencies", x => new { x.plugin_version_id, x.key });
                    table.ForeignKey(
                        name: "fk_plugin_dependencies_plugin_versions_plugin_version_id",
                        column: x => x.plugin_version_id,
                        principalTable: "plugin_versions",
                        principalColumn: "id",
                        onDelete: ReferentialAction.Restrict);
                });

            migrationBuilder.CreateTable(
                name: "plugin_packages",
                columns: table => new
                {
                    plugin_version_id = table.Column<Guid>(type: "uniqueidentifier", nullable: false),
                    organization_id = table.Column<Guid>(type: "uniqueidentifier", nullable: false),
                    is_public = table.Column<bool>(type: "bit", nullable: false),
                    bytes = table.Column<byte[]>(type: "varbinary(max)", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_plugin_packages", x => x.plugin_version_id);
                    table.ForeignKey(
                        name: "fk_plugin_packages_plugin_versions_plugin_version_id",
                        column: x => x.plugin_version_id,
                        principalTable: "plugin_versions",
                        principalColumn: "id",
                        onDelete: ReferentialAction.Restrict);
                });

            migrationBuilder.CreateTable(
                name: "plugin_version_days",
                columns: table => new
                {
                    plugin_version_id = table.Column<Guid>(type: "uniqueidentifier", nullable: false),
                    day = table.Column<DateOnly>(type: "date", nullable: false),
                    organization_id = table.Column<Guid>(type: "uniqueidentifier", nullable: false),
                    is_public = table.Column<bool>(type: "bit", nullable: false),
                    installs = table.Column<int>(type: "int", nullable: false),
                    active_installs = table.Column<int>(type: "int", nullable: false),
                    calls = table.Column<long>(type: "bigint", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_plugin_version_days", x => new { x.plugin_version_id, x.day });
                    table.ForeignKey(
                        name: "fk_plugin_version_days_plugin_versions_plugin_version_id",
                        column: x => x.plugin_version_id,
                        principalTable: "plugin_versions",
                        principalColumn: "id",
                        onDelete: ReferentialAction.Restrict);
                });

            migrationBuilder.CreateIndex(
                name: "ix_plugin_dependencies_key",
                table: "plugin_dependencies",
                column: "key");

            migrationBuilder.CreateIndex(
                name: "ix_plugin_review_replies_plugin_id",
                table: "plugin_review_replies",
                column: "plugin_id");

            migrationBuilder.CreateIndex(
                name: "ix_plugin_review_reports_review_id_organization_id",
                table: "plugin_review_reports",
                columns: new[] { "review_id", "organization_id" },
                unique: true);

            migrationBuilder.CreateIndex(
                name: "ix_plugin_reviews_plugin_id_organization_id",
                table: "plugin_reviews",
                columns: new[] { "plugin_id", "organization_id" },
                unique: true);

            migrationBuilder.CreateIndex(
                name: "ix_plugin_versions_plugin_id_version",
                table: "plugin_versions",
                columns: new[] { "plugin_id", "version" },
                unique: true);

            migrationBuilder.CreateIndex(
                name: "ix_plugins_key",
                table: "plugins",
                column: "key",
                unique: true);

            migrationBuilder.CreateIndex(
                name: "ix_plugins_organization_id",
                table: "plugins",
                column: "organization_id");

            migrationBuilder.CreateIndex(
                name: "ix_plugins_publisher_id",
                table: "plugins",
                column: "publisher_id");

            migrationBuilder.CreateIndex(
                name: "ix_publisher_members_user_id",
                table: "publisher_members",
                column: "user_id");

            migrationBuilder.CreateIndex(
                name: "ix_publisher_proofs_checked_at",
                table: "publisher_proofs",
                column: "checked_at");

            migrationBuilder.CreateIndex(
                name: "ix_publishers_name",
                table: "publishers",
                column: "name",
                unique: true);

            migrationBuilder.CreateIndex(
                name: "ix_publishers_organization_id",
                table: "publishers",
                column: "organization_id");

            migrationBuilder.CreateIndex(
                name: "ix_publishers_skeleton",
                table: "publishers",
                column: "skeleton",
                unique: true);
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropTable(
                name: "plugin_dependencies");

            migrationBuilder.DropTable(
                name: "plugin_packages");

            migrationBuilder.DropTable(
                name: "plugin_review_replies");

            migrationBuilder.DropTable(
                name: "plugin_review_reports");

            migrationBuilder.DropTable(
                name: "plugin_reviews");

            migrationBuilder.DropTable(
                name: "plugin_version_days");

            migrationBuilder.DropTable(
                name: "publisher_members");

            migrationBuilder.DropTable(
                name: "publisher_proofs");

            migrationBuilder.DropTable(
                name: "taken_plugin_names");

            migrationBuilder.DropTable(
                name: "plugin_versions");

            migrationBuilder.DropTable(
                name: "plugins");

            migrationBuilder.DropTable(
                name: "publishers");
        }
    }
}
