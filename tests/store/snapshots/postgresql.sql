CREATE INDEX ix_computes_created_at ON jupyter_ml.computes USING btree (created_at, name, lifecycle_stage)
CREATE INDEX ix_computes_lifecycle_stage ON jupyter_ml.computes USING btree (lifecycle_stage)
CREATE INDEX ix_data_created_at ON jupyter_ml.data USING btree (created_at, name, lifecycle_stage)
CREATE INDEX ix_data_lifecycle_stage ON jupyter_ml.data USING btree (lifecycle_stage)
CREATE INDEX ix_data_versions_created_at ON jupyter_ml.data_versions USING btree (name, created_at, id, lifecycle_stage)
CREATE INDEX ix_data_versions_lifecycle_stage ON jupyter_ml.data_versions USING btree (name, lifecycle_stage, id)
CREATE INDEX ix_datastores_created_at ON jupyter_ml.datastores USING btree (created_at, name, lifecycle_stage)
CREATE INDEX ix_datastores_lifecycle_stage ON jupyter_ml.datastores USING btree (lifecycle_stage)
CREATE INDEX ix_environments_created_at ON jupyter_ml.environments USING btree (created_at, name, lifecycle_stage)
CREATE INDEX ix_environments_lifecycle_stage ON jupyter_ml.environments USING btree (lifecycle_stage)
CREATE INDEX ix_environments_versions_created_at ON jupyter_ml.environments_versions USING btree (name, created_at, id, lifecycle_stage)
CREATE INDEX ix_environments_versions_lifecycle_stage ON jupyter_ml.environments_versions USING btree (name, lifecycle_stage, id)
CREATE INDEX ix_experiments_created_at ON jupyter_ml.experiments USING btree (created_at, name, lifecycle_stage)
CREATE INDEX ix_experiments_last_job_at ON jupyter_ml.experiments USING btree (last_job_at, name, lifecycle_stage)
CREATE INDEX ix_experiments_lifecycle_stage ON jupyter_ml.experiments USING btree (lifecycle_stage)
CREATE INDEX ix_job_details_estimated ON jupyter_ml.job_details USING btree (job_id) WHERE (earliest_start IS NOT NULL)
CREATE INDEX ix_job_details_not_logged ON jupyter_ml.job_details USING btree (job_id) WHERE (logged IS NULL)
CREATE INDEX ix_job_details_run_changes ON jupyter_ml.job_details USING btree (job_id) WHERE (run_changes IS NOT NULL)
CREATE INDEX ix_job_metrics_job_id ON jupyter_ml.job_metrics USING btree (job_id)
CREATE INDEX ix_job_metrics_value ON jupyter_ml.job_metrics USING btree (key, value, job_id)
CREATE INDEX ix_job_params_job_id ON jupyter_ml.job_params USING btree (job_id)
CREATE INDEX ix_job_params_value ON jupyter_ml.job_params USING btree (key, number, text, job_id)
CREATE INDEX ix_job_search_text ON jupyter_ml.job_search USING gin (name gin_trgm_ops, source gin_trgm_ops, description gin_trgm_ops, cause gin_trgm_ops, labels gin_trgm_ops)
CREATE INDEX ix_job_tags_job_id ON jupyter_ml.job_tags USING btree (job_id)
CREATE INDEX ix_jobs_canceled ON jupyter_ml.jobs USING btree (state) WHERE (cancel_requested_at IS NOT NULL)
CREATE INDEX ix_jobs_created_at ON jupyter_ml.jobs USING btree (created_at, id, lifecycle_stage)
CREATE INDEX ix_jobs_display_name ON jupyter_ml.jobs USING btree (display_name, id, lifecycle_stage)
CREATE INDEX ix_jobs_ended_at ON jupyter_ml.jobs USING btree (ended_at, id, lifecycle_stage)
CREATE INDEX ix_jobs_experiment ON jupyter_ml.jobs USING btree (experiment_name, lifecycle_stage, created_at)
CREATE INDEX ix_jobs_experiment_name ON jupyter_ml.jobs USING btree (experiment_name, id, lifecycle_stage)
CREATE INDEX ix_jobs_lifecycle_stage ON jupyter_ml.jobs USING btree (lifecycle_stage, id)
CREATE INDEX ix_jobs_name ON jupyter_ml.jobs USING btree (name, id, lifecycle_stage)
CREATE INDEX ix_jobs_queue ON jupyter_ml.jobs USING btree (state, compute, ((created_at - (priority * '86400000000'::bigint))), id)
CREATE INDEX ix_jobs_similar ON jupyter_ml.jobs USING btree (similarity, compute, id) WHERE (state = 'Completed'::text)
CREATE INDEX ix_jobs_starred ON jupyter_ml.jobs USING btree (id) WHERE starred
CREATE INDEX ix_jobs_started_at ON jupyter_ml.jobs USING btree (started_at, id, lifecycle_stage)
CREATE INDEX ix_jobs_state ON jupyter_ml.jobs USING btree (state, id, lifecycle_stage)
CREATE INDEX ix_lineage_source ON jupyter_ml.lineage USING btree (source, target)
CREATE INDEX ix_lineage_target ON jupyter_ml.lineage USING btree (target, source)
CREATE UNIQUE INDEX pk_attempts ON jupyter_ml.attempts USING btree (job_id, number)
CREATE UNIQUE INDEX pk_computes ON jupyter_ml.computes USING btree (name)
CREATE UNIQUE INDEX pk_data ON jupyter_ml.data USING btree (name)
CREATE UNIQUE INDEX pk_data_versions ON jupyter_ml.data_versions USING btree (id)
CREATE UNIQUE INDEX pk_datastores ON jupyter_ml.datastores USING btree (name)
CREATE UNIQUE INDEX pk_environments ON jupyter_ml.environments USING btree (name)
CREATE UNIQUE INDEX pk_environments_versions ON jupyter_ml.environments_versions USING btree (id)
CREATE UNIQUE INDEX pk_events ON jupyter_ml.events USING btree (sequence)
CREATE UNIQUE INDEX pk_experiments ON jupyter_ml.experiments USING btree (name)
CREATE UNIQUE INDEX pk_job_details ON jupyter_ml.job_details USING btree (job_id)
CREATE UNIQUE INDEX pk_job_metrics ON jupyter_ml.job_metrics USING btree (key, job_id)
CREATE UNIQUE INDEX pk_job_params ON jupyter_ml.job_params USING btree (key, job_id)
CREATE UNIQUE INDEX pk_job_search ON jupyter_ml.job_search USING btree (job_id)
CREATE UNIQUE INDEX pk_job_tags ON jupyter_ml.job_tags USING btree (key, job_id)
CREATE UNIQUE INDEX pk_jobs ON jupyter_ml.jobs USING btree (id)
CREATE UNIQUE INDEX pk_lineage ON jupyter_ml.lineage USING btree (id)
CREATE UNIQUE INDEX pk_schema_versions ON jupyter_ml.schema_versions USING btree (revision)
CREATE UNIQUE INDEX uq_data_versions_name_version ON jupyter_ml.data_versions USING btree (name, version)
CREATE UNIQUE INDEX uq_environments_versions_name_version ON jupyter_ml.environments_versions USING btree (name, version)
CREATE UNIQUE INDEX uq_jobs_name ON jupyter_ml.jobs USING btree (name)
CREATE UNIQUE INDEX uq_jobs_run_id ON jupyter_ml.jobs USING btree (run_id)
attempts cause text YES NO
attempts ended_at bigint YES NO
attempts eta_at bigint YES NO
attempts event_log_offset bigint NO NO
attempts fk_attempts_job_id FOREIGN KEY (job_id) REFERENCES jobs(id) ON DELETE CASCADE
attempts gpus text YES NO
attempts job_id bigint NO NO
attempts number integer NO NO
attempts pk_attempts PRIMARY KEY (job_id, number)
attempts process text YES NO
attempts progress text YES NO
attempts started_at bigint NO NO
attempts state text NO C NO
attempts token text YES C NO
attempts usage text YES NO
attempts verifying_key text YES C NO
computes changed_at bigint YES NO
computes created_at bigint NO NO
computes description text YES C NO
computes field_revisions text NO NO '{}'::text
computes lifecycle_stage smallint NO NO '0'::smallint
computes message text YES C NO
computes name text NO C NO
computes observed text NO C NO 'Running'::text
computes pk_computes PRIMARY KEY (name)
computes price_per_hour double precision YES NO
computes request text YES NO
computes revision integer NO NO 1
computes schedules_from bigint YES NO
computes search text NO C NO ''::text
computes settings text NO NO
computes slots integer YES NO
computes type text NO C NO
data created_at bigint NO NO
data description text YES C NO
data field_revisions text NO NO '{}'::text
data labels text NO NO
data latest_id bigint NO NO
data lifecycle_stage smallint NO NO '0'::smallint
data name text NO C NO
data next_version bigint NO NO
data pk_data PRIMARY KEY (name)
data revision integer NO NO 1
data search text NO C NO ''::text
data_versions created_at bigint NO NO
data_versions created_by text NO C NO
data_versions description text YES C NO
data_versions field_revisions text NO NO '{}'::text
data_versions fingerprint text NO NO
data_versions fk_data_versions_name FOREIGN KEY (name) REFERENCES data(name) ON DELETE CASCADE
data_versions id bigint NO NO nextval('data_versions_id_seq'::regclass)
data_versions lifecycle_stage smallint NO NO '0'::smallint
data_versions name text NO C NO
data_versions path text NO C NO
data_versions pk_data_versions PRIMARY KEY (id)
data_versions properties text NO NO
data_versions revision integer NO NO 1
data_versions search text NO C NO
data_versions source text YES NO
data_versions tags text NO NO
data_versions type text NO C NO
data_versions uq_data_versions_name_version UNIQUE (name, version)
data_versions version text NO C NO
datastores created_at bigint NO NO
datastores credentials text NO NO '[]'::text
datastores description text YES C NO
datastores field_revisions text NO NO '{}'::text
datastores lifecycle_stage smallint NO NO '0'::smallint
datastores name text NO C NO
datastores pk_datastores PRIMARY KEY (name)
datastores revision integer NO NO 1
datastores search text NO C NO ''::text
datastores settings text NO NO '{}'::text
datastores type text NO C NO
datastores vault_scope text YES C NO
environments created_at bigint NO NO
environments description text YES C NO
environments field_revisions text NO NO '{}'::text
environments labels text NO NO
environments latest_id bigint NO NO
environments lifecycle_stage smallint NO NO '0'::smallint
environments name text NO C NO
environments next_version bigint NO NO
environments pk_environments PRIMARY KEY (name)
environments revision integer NO NO 1
environments search text NO C NO ''::text
environments_versions build text YES NO
environments_versions conda_file text YES NO
environments_versions created_at bigint NO NO
environments_versions created_by text NO C NO
environments_versions definition text YES NO
environments_versions description text YES C NO
environments_versions exclude_newer text YES C NO
environments_versions field_revisions text NO NO '{}'::text
environments_versions fk_environments_versions_name FOREIGN KEY (name) REFERENCES environments(name) ON DELETE CASCADE
environments_versions id bigint NO NO nextval('environments_versions_id_seq'::regclass)
environments_versions identity text YES C NO
environments_versions image text YES C NO
environments_versions inference_config text YES NO
environments_versions lifecycle_stage smallint NO NO '0'::smallint
environments_versions name text NO C NO
environments_versions os_type text YES C NO
environments_versions pk_environments_versions PRIMARY KEY (id)
environments_versions properties text NO NO
environments_versions pyproject text YES C NO
environments_versions python text YES C NO
environments_versions requirements text YES NO
environments_versions revision integer NO NO 1
environments_versions script text YES C NO
environments_versions search text NO C NO
environments_versions source text YES NO
environments_versions tags text NO NO
environments_versions uq_environments_versions_name_version UNIQUE (name, version)
environments_versions variables text NO NO
environments_versions version text NO C NO
events data text NO NO
events kind text NO C NO
events name text NO C NO
events pk_events PRIMARY KEY (sequence)
events sequence bigint NO NO nextval('events_sequence_seq'::regclass)
events time bigint NO NO
events type text NO C NO
experiments created_at bigint NO NO
experiments description text YES C NO
experiments field_revisions text NO NO '{}'::text
experiments goal text YES C NO
experiments last_job_at bigint YES NO
experiments lifecycle_stage smallint NO NO '0'::smallint
experiments name text NO C NO
experiments pk_experiments PRIMARY KEY (name)
experiments primary_metric text YES C NO
experiments revision integer NO NO 1
experiments search text NO C NO ''::text
experiments view text YES NO
job_details cause text YES NO
job_details description text YES C NO
job_details earliest_start bigint YES NO
job_details field_revisions text NO NO '{}'::text
job_details fk_job_details_job_id FOREIGN KEY (job_id) REFERENCES jobs(id) ON DELETE CASCADE
job_details inputs text YES NO
job_details job_id bigint NO NO
job_details latest_start bigint YES NO
job_details logged boolean YES NO
job_details outputs text YES NO
job_details parameters text NO NO
job_details pk_job_details PRIMARY KEY (job_id)
job_details request text YES NO
job_details resources text YES NO
job_details run_changes text YES NO
job_details snapshot text YES C NO
job_details spec text YES NO
job_details tags text NO NO
job_details waits_for text YES NO
job_details warnings text YES NO
job_metrics fk_job_metrics_job_id FOREIGN KEY (job_id) REFERENCES jobs(id) ON DELETE CASCADE
job_metrics job_id bigint NO NO
job_metrics key text NO C NO
job_metrics pk_job_metrics PRIMARY KEY (key, job_id)
job_metrics step bigint NO NO
job_metrics time bigint NO NO
job_metrics value double precision YES NO
job_params fk_job_params_job_id FOREIGN KEY (job_id) REFERENCES jobs(id) ON DELETE CASCADE
job_params job_id bigint NO NO
job_params key text NO C NO
job_params number double precision YES NO
job_params pk_job_params PRIMARY KEY (key, job_id)
job_params text text NO C NO
job_search cause text NO C NO
job_search description text NO C NO
job_search fk_job_search_job_id FOREIGN KEY (job_id) REFERENCES jobs(id) ON DELETE CASCADE
job_search job_id bigint NO NO
job_search labels text NO C NO
job_search name text NO C NO
job_search pk_job_search PRIMARY KEY (job_id)
job_search source text NO C NO
job_tags fk_job_tags_job_id FOREIGN KEY (job_id) REFERENCES jobs(id) ON DELETE CASCADE
job_tags job_id bigint NO NO
job_tags key text NO C NO
job_tags pk_job_tags PRIMARY KEY (key, job_id)
job_tags text text NO C NO
jobs attempt integer NO NO
jobs cancel_requested_at bigint YES NO
jobs compute text YES C NO
jobs created_at bigint NO NO
jobs display_name text NO C NO
jobs ended_at bigint YES NO
jobs experiment_name text NO C NO
jobs fk_jobs_experiment_name FOREIGN KEY (experiment_name) REFERENCES experiments(name)
jobs host text YES C NO
jobs id bigint NO NO nextval('jobs_id_seq'::regclass)
jobs lifecycle_stage smallint NO NO
jobs name text NO C NO
jobs pk_jobs PRIMARY KEY (id)
jobs priority smallint NO NO
jobs retries integer NO NO
jobs revision integer NO NO 1
jobs run_id text YES C NO
jobs runner text NO C NO 'supervisor'::text
jobs similarity text YES C NO
jobs starred boolean NO NO false
jobs started_at bigint YES NO
jobs state text NO C NO
jobs type text NO C NO
jobs uq_jobs_name UNIQUE (name)
jobs uq_jobs_run_id UNIQUE (run_id)
jobs user text YES C NO
lineage id bigint NO NO nextval('lineage_id_seq'::regclass)
lineage label text NO C NO
lineage pk_lineage PRIMARY KEY (id)
lineage role text NO C NO
lineage source text NO C NO
lineage target text NO C NO
lineage time bigint NO NO
schema_versions pk_schema_versions PRIMARY KEY (revision)
schema_versions revision text NO C NO
schema_versions upgraded_at bigint NO NO
schema_versions version text NO C NO
