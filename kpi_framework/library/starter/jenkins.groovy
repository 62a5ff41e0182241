// Written by `kpi init --ci jenkins`. A change request is gated on its definitions and compared with its base; every
// morning the numbers are computed, and the run is red when a target is missed or a value is unknown.
// It needs Python 3.11 or newer on the agent, and the plug-ins Pipeline, Git and JUnit. Let the job clone without
// "shallow clone" and with the target branch: a change is compared with what it starts from.
pipeline {
    agent any
    triggers { cron('H 5 * * *') }
    environment { KPI_INSTALL = '@INSTALL@' } #@
    stages {
        stage('Install kpi') {
            steps {
                sh 'python3 -m venv .kpi-venv'
                sh '.kpi-venv/bin/python -m pip install "${KPI_INSTALL:?set it to what pip can install, such as the address of a wheel}"'
            }
        }
        stage('Check') {
            steps {
                sh '.kpi-venv/bin/kpi ci'
            }
        }
    }
    post {
        always {
            junit 'kpi-reports/kpi.xml'
            archiveArtifacts artifacts: 'scorecard/**, kpi-reports/**', allowEmptyArchive: true
        }
    }
}
