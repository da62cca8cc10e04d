package com.example;

class MeetingTwoIT extends Meeting {

    MeetingTwoIT() {
        super("MeetingOneIT");
    }
}
